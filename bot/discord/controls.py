"""Buttons and menus as Discord's components, and what they cost of its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord
from discord import ui

from bot.chat.actions import Action, Button, Emphasis, Menu, Source
from bot.chat.blocks import Card
from bot.chat.ids import make
from bot.chat.text import cut

MOST_LABEL = 80
MOST_OPTION = 100
MOST_OPTIONS = 25
MOST_HINT = 150
_PER_ROW = 5
_STYLES = {
    Emphasis.PRIMARY: discord.ButtonStyle.primary,
    Emphasis.QUIET: discord.ButtonStyle.secondary,
    Emphasis.GOOD: discord.ButtonStyle.success,
    Emphasis.DANGER: discord.ButtonStyle.danger,
}
_EMOJI = {
    Action.FIXED: "✅",
    Action.DID_NOT_HELP: "👎",
    Action.WRONG: "❌",
    Action.DETAILS: "📋",
    Action.ADD_FILES: "📎",
    Action.CALL_MODERATOR: "🙋",
    Action.DELETE: "🗑️",
}
_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
Row = ui.ActionRow[ui.LayoutView]


@dataclass(frozen=True, slots=True)
class Cost:
    """Components, and characters of text."""

    components: int
    text: int


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def rows_below(card: Card) -> list[Row]:
    """Return the menus and buttons of a card, each row as Discord wants it."""
    rows: list[Row] = [menu_row(menu) for menu in card.menus]
    for buttons in card.buttons:
        for start in range(0, len(buttons), _PER_ROW):
            rows.append(ui.ActionRow(*(_button(button) for button in buttons[start : start + _PER_ROW])))
    return rows


def cost(rows: Sequence[Row]) -> Cost:
    """Return what rows cost; menus that Discord fills itself as much as their hint may."""
    components = text = 0
    for row in rows:
        components += 1 + len(row.children)
        for item in row.children:
            if isinstance(item, ui.Button):
                text += units(item.label or "")
            elif isinstance(item, ui.Select):
                text += units(item.placeholder or "")
                text += sum(units(option.label) + units(option.description or "") for option in item.options)
            else:
                text += MOST_HINT
    return Cost(components, text)


def menu_row(menu: Menu) -> Row:
    """Return a row with one menu."""
    return ui.ActionRow(_menu(menu))


def _button(button: Button) -> ui.Button[ui.LayoutView]:
    return ui.Button(
        style=_STYLES[button.emphasis],
        label=cut(button.label, MOST_LABEL),
        emoji=_EMOJI.get(button.action) if not button.extra else None,
        custom_id=make(button.action, button.subject, button.extra),
        disabled=not button.enabled,
    )


def _menu(menu: Menu) -> ui.Item[ui.LayoutView]:
    custom_id = make(menu.action, menu.subject, menu.extra or "menu")
    hint = cut(menu.hint, MOST_HINT) or None
    if menu.source is Source.OPTIONS:
        options = [
            discord.SelectOption(
                label=cut(option.label, MOST_OPTION),
                value=option.value,
                description=cut(option.below, MOST_OPTION) or None,
                default=option.chosen,
            )
            for option in menu.options[:MOST_OPTIONS]
        ]
        return ui.Select(
            custom_id=custom_id, placeholder=hint, options=options, min_values=menu.least, max_values=menu.most
        )
    kind = (
        discord.SelectDefaultValueType.role if menu.source is Source.ROLES else discord.SelectDefaultValueType.channel
    )
    chosen = [discord.SelectDefaultValue(id=int(each), type=kind) for each in menu.chosen if each.isdecimal()]
    chosen = chosen[: menu.most]
    if menu.source is Source.ROLES:
        return ui.RoleSelect(
            custom_id=custom_id,
            placeholder=hint,
            min_values=menu.least,
            max_values=menu.most,
            default_values=chosen,
        )
    return ui.ChannelSelect(
        custom_id=custom_id,
        placeholder=hint,
        channel_types=_CHANNELS,
        min_values=menu.least,
        max_values=menu.most,
        default_values=chosen,
    )
