"""Cards as Discord's components: within every limit, whatever the report holds."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import discord
from discord import ui

from bot.cases.model import Reply
from bot.chat.actions import Action, Button, Emphasis, Menu, Source
from bot.chat.answer import answer
from bot.chat.blocks import Attached, Block, Card, Divider, Picture, Text, Tone
from bot.chat.details import details_card
from bot.chat.space import fitted, is_text, paged
from bot.chat.text import cut, line
from bot.discord.ids import make
from bot.discord.markdown import text_of
from knowledge.model import Knowledge

MOST_COMPONENTS = 40
MOST_TEXT = 4000
"""Characters over all text displays, says Discord; it does not say of which kind, so UTF-16 units are counted, the
most cautious of those that make sense, and menus and buttons with them."""
MOST_LABEL = 80
MOST_OPTION = 100
MOST_OPTIONS = 25
MOST_HINT = 150
FILE_LIMIT = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
"""Bytes of all files together on a server without boosts."""
_PER_ROW = 5
_COLOURS = {
    Tone.CRITICAL: 0xED4245,
    Tone.WARNING: 0xF0B232,
    Tone.INFO: 0x5865F2,
    Tone.GOOD: 0x57F287,
    Tone.NEUTRAL: None,
}
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


@dataclass(frozen=True)
class Drawn:
    """What to send: `channel.send(view=..., files=...)`. Good for one sending, since that closes the files.

    The view listens to nothing: its buttons are answered by their ids, also after a restart.
    """

    view: ui.LayoutView
    files: tuple[discord.File, ...] = ()


def drawn(reply: Reply, knowledge: Knowledge, file_limit: int = FILE_LIMIT) -> Drawn:
    """Draw the reply to a case; what has no room is in `details`."""
    return draw(answer(reply, knowledge), knowledge, file_limit)


def details(reply: Reply, knowledge: Knowledge, page: int = 1) -> Drawn:
    """Draw a page of everything that is known of a case; a page that does not exist gives the nearest that does."""
    return draw_page(details_card(reply, knowledge), knowledge, page, Action.DETAILS, reply.case.id)


def draw(card: Card, knowledge: Knowledge, file_limit: int = FILE_LIMIT) -> Drawn:
    """Draw a card on one page; what matters least is left out where it is too long."""
    blocks = _without_large(card.blocks, file_limit)
    below = _below(card)
    fixed = _cost(below)
    instead = Text(line(knowledge.chat.more), small=True)
    return _built(card.tone, fitted(blocks, lambda some: _fits(some, fixed), instead), below)


def draw_page(card: Card, knowledge: Knowledge, page: int, action: Action, subject: str) -> Drawn:
    """Draw one page of a card of any length, with buttons to turn pages where there are several.

    The buttons of the card itself stand on every page.
    """
    said = knowledge.chat
    turning = Button(action, subject, "8" * MOST_LABEL)
    fixed = _cost(_below(Card(card.tone, (), (*card.buttons, (turning,) * 2), card.menus)))
    pages = paged(card.blocks, lambda some: _fits(some, fixed))
    at = min(max(page, 1), len(pages))
    buttons = card.buttons
    if len(pages) > 1:
        where = said.page.format(page=at, pages=len(pages))
        back = Button(action, subject, said.buttons["previous"], extra=str(at - 1), enabled=at > 1)
        on = Button(action, subject, said.buttons["next"], extra=str(at + 1), enabled=at < len(pages))
        here = Button(action, subject, where, extra=f"{at}.", enabled=False)
        buttons = ((back, here, on), *card.buttons)
    return _built(card.tone, pages[at - 1], _below(Card(card.tone, (), buttons, card.menus)))


def file_name(name: str) -> str:
    """Return a name that Discord keeps as it is: letters, digits, ``._-``."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-60:].lstrip(".") or "file"


@dataclass(frozen=True, slots=True)
class _Cost:
    components: int
    text: int


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _groups(blocks: Sequence[Block]) -> list[str | Block]:
    """Join what stands next to each other and is text: one component instead of many."""
    groups: list[str | Block] = []
    for textual, some in groupby(blocks, key=is_text):
        if textual:
            joined = "\n".join(text for block in some if (text := text_of(block)))
            groups += [joined] if joined.strip() else []
        else:
            groups += some
    return groups


def _fits(blocks: Sequence[Block], fixed: _Cost) -> bool:
    groups = _groups(blocks)
    text = sum(units(group) for group in groups if isinstance(group, str))
    container = 1
    return len(groups) + container + fixed.components <= MOST_COMPONENTS and text + fixed.text <= MOST_TEXT


def _without_large(blocks: Sequence[Block], limit: int) -> list[Block]:
    """Leave out files that Discord would refuse, the least important first."""
    left = limit
    kept: list[Block] = []
    for block in sorted(blocks, key=lambda each: each.rank):
        if isinstance(block, Picture | Attached):
            if len(block.data) > left:
                continue
            left -= len(block.data)
        kept.append(block)
    return [block for block in blocks if any(block is each for each in kept)]


def _below(card: Card) -> list[ui.ActionRow[ui.LayoutView]]:
    rows: list[ui.ActionRow[ui.LayoutView]] = [ui.ActionRow(_menu(menu)) for menu in card.menus]
    for buttons in card.buttons:
        for start in range(0, len(buttons), _PER_ROW):
            rows.append(ui.ActionRow(*(_button(button) for button in buttons[start : start + _PER_ROW])))
    return rows


def _cost(rows: Sequence[ui.ActionRow[ui.LayoutView]]) -> _Cost:
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
    return _Cost(components, text)


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
    hint = cut(menu.hint, MOST_HINT)
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
    chosen = [discord.Object(int(each)) for each in menu.chosen if each.isdecimal()][:MOST_OPTIONS]
    if menu.source is Source.ROLES:
        return ui.RoleSelect(
            custom_id=custom_id,
            placeholder=hint,
            min_values=menu.least,
            max_values=menu.most,
            default_values=[
                discord.SelectDefaultValue(id=each.id, type=discord.SelectDefaultValueType.role) for each in chosen
            ],
        )
    return ui.ChannelSelect(
        custom_id=custom_id,
        placeholder=hint,
        channel_types=[discord.ChannelType.text, discord.ChannelType.forum, discord.ChannelType.news],
        min_values=menu.least,
        max_values=menu.most,
        default_values=[
            discord.SelectDefaultValue(id=each.id, type=discord.SelectDefaultValueType.channel) for each in chosen
        ],
    )


def _built(tone: Tone, blocks: Sequence[Block], below: Sequence[ui.ActionRow[ui.LayoutView]]) -> Drawn:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOURS[tone])
    files: list[discord.File] = []
    for group in _groups(blocks):
        if isinstance(group, str):
            container.add_item(ui.TextDisplay(group))
        elif isinstance(group, Divider):
            container.add_item(ui.Separator())
        elif isinstance(group, Picture | Attached):
            name = file_name(group.name)
            says = group.says if isinstance(group, Picture) else None
            file = discord.File(io.BytesIO(group.data), filename=name, description=says)
            files.append(file)
            if isinstance(group, Picture):
                container.add_item(ui.MediaGallery(discord.MediaGalleryItem(file, description=says)))
            else:
                container.add_item(ui.File(file))
    view.add_item(container)
    for row in below:
        view.add_item(row)
    view.stop()
    return Drawn(view, tuple(files))
