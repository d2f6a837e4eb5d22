"""Cards as Slack's messages and views: within every limit, whatever the report holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.actions import Action, Button
from bot.chat.blocks import Attached, Block, Card, Heading, Picture, Text
from bot.chat.receipts import sentence_card
from bot.chat.shown import Shown
from bot.chat.space import fitted, paged
from bot.chat.text import clean, cut, line
from bot.slack.controls import Roles, button_rows, menu_rows
from bot.slack.layout import Layout, Surface
from bot.slack.richtext import Json, escape
from bot.slack.richtext import plain as words_of
from knowledge.model import Knowledge

_FALLBACK = 300


@dataclass(frozen=True)
class Drawn:
    """What to send: blocks, the sentence for notifications, and what to upload. Until then pictures go by name."""

    blocks: tuple[Json, ...]
    text: str
    pictures: tuple[Picture, ...] = ()
    files: tuple[Attached, ...] = ()

    def with_pictures(self, ids: Mapping[str, str]) -> list[Json]:
        """Return the blocks with the ids of uploaded pictures; those that are in none are left out."""
        kept: list[Json] = []
        for block in self.blocks:
            if block["type"] != "image":
                kept.append(block)
            elif uploaded := ids.get(block["slack_file"]["id"]):
                kept.append({**block, "slack_file": {"id": uploaded}})
        return kept


def draw(card: Card, knowledge: Knowledge, surface: Surface = Surface.MESSAGE, roles: Roles = ()) -> Drawn:
    """Draw a card on one page; what matters least is left out where it is too long."""
    layout = _layout(card, knowledge, surface, roles)
    below = [*menu_rows(card.menus), *button_rows(card.buttons)]
    instead = Text(line(knowledge.chat.more), small=True)
    return _built(fitted(card.blocks, lambda some: layout.fits(some, below), instead), below, layout)


def draw_page(
    card: Card,
    knowledge: Knowledge,
    page: int,
    action: Action,
    subject: str,
    surface: Surface = Surface.MESSAGE,
) -> Drawn:
    """Draw one page of a card of any length, with buttons to turn pages where there are several.

    The buttons of the card itself stand on every page; a page that does not exist gives the nearest that does.
    """
    said, layout = knowledge.chat, _layout(card, knowledge, surface)
    below = [*menu_rows(card.menus), *button_rows(card.buttons)]
    turning = button_rows([[_turn(action, subject, "8" * 75, 8888)] * 2])
    where = Text(line(said.page.format(page=8888, pages=8888)), small=True)
    pages = paged(card.blocks, lambda some: layout.fits([*some, where], [*below, *turning]))
    at = min(max(page, 1), len(pages))
    if len(pages) == 1:
        return _built(pages[0], below, layout)
    turns = [_turn(action, subject, said.buttons["previous"], at - 1)] if at > 1 else []
    turns += [_turn(action, subject, said.buttons["next"], at + 1)] if at < len(pages) else []
    place = Text(line(said.page.format(page=at, pages=len(pages))), small=True)
    return _built([*pages[at - 1], place], [*button_rows([turns]), *below], layout)


def shown(what: Shown, knowledge: Knowledge, surface: Surface = Surface.MESSAGE, roles: Roles = ()) -> Drawn:
    """Draw what a command or a press shows."""
    if what.paging is None:
        return draw(what.card, knowledge, surface, roles)
    return draw_page(what.card, knowledge, what.paging.page, what.paging.action, what.paging.subject, surface)


def sentence(text: str, knowledge: Knowledge, surface: Surface = Surface.MESSAGE) -> Drawn:
    """Draw one sentence."""
    return draw(sentence_card(text), knowledge, surface)


def _turn(action: Action, subject: str, label: str, to: int) -> Button:
    return Button(action, subject, label, extra=str(to))


def _layout(card: Card, knowledge: Knowledge, surface: Surface, roles: Roles = ()) -> Layout:
    return Layout(surface, knowledge.chat.columns, card.tone, roles)


def _built(blocks: Sequence[Block], below: Sequence[Json], layout: Layout) -> Drawn:
    made = layout.draw(blocks)
    if not made:
        made = layout.draw([Text(line("…"), small=True)])
    return Drawn(
        (*made, *below),
        _fallback(blocks),
        tuple(block for block in blocks if isinstance(block, Picture)),
        tuple(block for block in blocks if isinstance(block, Attached)),
    )


def _fallback(blocks: Sequence[Block]) -> str:
    """What notifications and readers for the blind say: the first words of the card."""
    for block in blocks:
        text = block.text if isinstance(block, Heading) else words_of(block.line) if isinstance(block, Text) else ""
        if found := escape(cut(clean(text).replace("\n", " "), _FALLBACK)):
            return found
    return "…"
