"""Cards as Discord's components: within every limit, whatever the report holds."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import discord
from discord import ui

from bot.cases.model import Receipt, Reply
from bot.cases.servers import ServerSettings
from bot.chat.actions import Action, Button
from bot.chat.answer import answer
from bot.chat.blocks import Attached, Block, Card, Choice, Divider, Picture, Text, Tone
from bot.chat.receipts import receipt_card, sentence_card
from bot.chat.settings_card import settings_card
from bot.chat.shown import Shown
from bot.chat.space import fitted, is_text, paged
from bot.chat.text import ELLIPSIS, line
from bot.discord.controls import MOST_LABEL, Cost, Row, cost, menu_row, rows_below, units
from bot.discord.markdown import text_of
from knowledge.model import Knowledge

MOST_COMPONENTS = 40
MOST_TEXT = 4000
"""Characters over all text displays, says Discord; it does not say of which kind, so UTF-16 units are counted, the
most cautious of those that make sense, and menus and buttons with them."""
FILE_LIMIT = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
"""Bytes of all files together on a server without boosts."""
_CONTAINER = 1
_COLOURS = {
    Tone.CRITICAL: 0xED4245,
    Tone.WARNING: 0xF0B232,
    Tone.INFO: 0x5865F2,
    Tone.GOOD: 0x57F287,
    Tone.NEUTRAL: None,
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


def shown(what: Shown, knowledge: Knowledge) -> Drawn:
    """Draw what a command or a press shows."""
    if what.paging is None:
        return draw(what.card, knowledge)
    return draw_page(what.card, knowledge, what.paging.page, what.paging.action, what.paging.subject)


def receipt(received: Receipt, knowledge: Knowledge) -> Drawn:
    """Draw what became of a submission; the answer takes its place by an edit."""
    return draw(receipt_card(received, knowledge), knowledge)


def settings(set_here: ServerSettings, knowledge: Knowledge, note: str = "") -> Drawn:
    """Draw the settings of a server, with `note` on top."""
    return draw(settings_card(set_here, knowledge, note), knowledge)


def sentence(text: str, knowledge: Knowledge) -> Drawn:
    """Draw one sentence."""
    return draw(sentence_card(text), knowledge)


def draw(card: Card, knowledge: Knowledge, file_limit: int = FILE_LIMIT) -> Drawn:
    """Draw a card on one page; what matters least is left out where it is too long."""
    blocks = _without_large(card.blocks, file_limit)
    below = rows_below(card)
    fixed = cost(below)
    instead = Text(line(knowledge.chat.more), small=True)
    return _built(card.tone, fitted(blocks, lambda some: _fits(some, fixed), instead), below)


def draw_page(card: Card, knowledge: Knowledge, page: int, action: Action, subject: str) -> Drawn:
    """Draw one page of a card of any length, with buttons to turn pages where there are several.

    The buttons of the card itself stand on every page.
    """
    said = knowledge.chat
    turning = Button(action, subject, "8" * MOST_LABEL)
    fixed = cost(rows_below(Card(card.tone, (), (*card.buttons, (turning,) * 2), card.menus)))
    pages = [
        page
        for page in paged(_without_large(card.blocks, FILE_LIMIT), lambda some: _fits(some, fixed))
        if _groups(page)
    ] or [()]
    at = min(max(page, 1), len(pages))
    buttons = card.buttons
    if len(pages) > 1:
        where = said.page.format(page=at, pages=len(pages))
        back = Button(action, subject, said.buttons["previous"], extra=str(at - 1), enabled=at > 1)
        on = Button(action, subject, said.buttons["next"], extra=str(at + 1), enabled=at < len(pages))
        here = Button(action, subject, where, extra=f"{at}.", enabled=False)
        buttons = ((back, here, on), *card.buttons)
    return _built(card.tone, pages[at - 1], rows_below(Card(card.tone, (), buttons, card.menus)))


def file_name(name: str) -> str:
    """Return a name that Discord keeps as it is: letters, digits, ``._-``."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-60:].lstrip(".") or "file"


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


def _fits(blocks: Sequence[Block], fixed: Cost) -> bool:
    groups = _groups(blocks)
    text = sum(units(group) for group in groups if isinstance(group, str))
    menus = cost([menu_row(block.menu) for block in blocks if isinstance(block, Choice)])
    components = _CONTAINER + sum(not isinstance(group, Choice) for group in groups) + menus.components
    return components + fixed.components <= MOST_COMPONENTS and text + menus.text + fixed.text <= MOST_TEXT


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


def _built(tone: Tone, blocks: Sequence[Block], below: Sequence[Row]) -> Drawn:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOURS[tone])
    files: list[discord.File] = []
    for group in _groups(blocks):
        if isinstance(group, str):
            container.add_item(ui.TextDisplay(group))
        elif isinstance(group, Divider):
            container.add_item(ui.Separator())
        elif isinstance(group, Choice):
            container.add_item(menu_row(group.menu))
        elif isinstance(group, Picture | Attached):
            name = file_name(group.name)
            says = group.says if isinstance(group, Picture) else None
            file = discord.File(io.BytesIO(group.data), filename=name, description=says)
            files.append(file)
            if isinstance(group, Picture):
                container.add_item(ui.MediaGallery(discord.MediaGalleryItem(file, description=says)))
            else:
                container.add_item(ui.File(file))
    if not container.children:
        # Discord refuses an empty one
        container.add_item(ui.TextDisplay(ELLIPSIS))
    view.add_item(container)
    for row in below:
        view.add_item(row)
    view.stop()
    return Drawn(view, tuple(files))
