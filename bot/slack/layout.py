"""Neutral blocks as Slack's blocks, and whether Slack takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from bot.chat.blocks import Attached, Block, Choice, Divider, Heading, Picture, Row, Text, Tone
from bot.chat.text import clean
from bot.slack.controls import Roles, menu, plain
from bot.slack.richtext import Json, rich
from bot.slack.richtext import plain as words_of
from bot.slack.table import LEAST_ROWS, is_row, table

MOST_HEADER = 150
MOST_TEXT = 3000
MOST_ALT = 2000
MOST_SIZE = 12_000
"""Characters of all blocks of a message as JSON. Slack documents no such limit; messages were refused from
13 297 on, with one more divider from 13 172: https://github.com/slackapi/bolt-js/issues/2509"""
_OVERHEAD = 125
"""What a block cost there besides its text."""
MOST_VIEW_SIZE = 40_000
"""The same of a view: Slack takes 250 kB, but a page is to be read."""
_TONES = {Tone.CRITICAL: "🔴", Tone.WARNING: "🟠", Tone.INFO: "🔵", Tone.GOOD: "🟢", Tone.NEUTRAL: ""}


class Surface(Enum):
    """Where blocks are shown; the value is how many Slack takes there."""

    MESSAGE = 50
    VIEW = 100
    """A modal or the App Home: without tables."""
    FORM = 90
    """A modal that begins with inputs."""
    HALF = 49
    """One of two cards of an App Home."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to draw: `columns` are the heads of a fix table."""

    surface: Surface
    columns: tuple[str, str]
    tone: Tone = Tone.NEUTRAL
    roles: Roles = ()

    def draw(self, blocks: Sequence[Block]) -> list[Json]:
        """Return Slack's blocks. A picture goes by its name until it is uploaded; files are not drawn at all."""
        made: list[Json] = []
        for kind, found in _groups(blocks, self.surface is Surface.MESSAGE):
            drawn = None
            if kind == "table":
                drawn = table([each for each in found if isinstance(each, Row)], self.columns)
            if kind == "single":
                made += self._single(found[0], not made)
            elif drawn := drawn or rich(each for each in found if isinstance(each, Block)):
                made.append(drawn)
        return made

    def fits(self, blocks: Sequence[Block], below: Sequence[Json]) -> bool:
        """Tell whether Slack takes `blocks` with `below` under them."""
        made = [*self.draw(blocks), *below]
        most = MOST_SIZE if self.surface is Surface.MESSAGE else MOST_VIEW_SIZE
        return len(made) <= self.surface.value and size(made) <= most

    def _single(self, block: Block | _Setting, first: bool) -> Iterator[Json]:
        match block:
            case Heading(text=text):
                tone = _TONES[self.tone] if first else ""
                yield {"type": "header", "text": plain(f"{tone} {_title(text)}".strip(), MOST_HEADER)}
            case Divider():
                yield {"type": "divider"}
            case Text(line=line):
                if text := words_of(line):
                    yield {"type": "context", "elements": [plain(text, MOST_TEXT)]}
            case Picture(name=name, says=says):
                alt = plain(says or name, MOST_ALT)["text"]
                yield {"type": "image", "slack_file": {"id": name}, "alt_text": alt}
            case _Setting(label=label, choice=choice):
                accessory = menu(choice.menu, self.roles)
                yield {"type": "section", "text": plain(label or "…", MOST_TEXT), "accessory": accessory}


@dataclass(frozen=True, slots=True)
class _Setting:
    """A menu with the text before it: Slack draws them in one line."""

    label: str
    choice: Choice


def size(blocks: Sequence[Json]) -> int:
    """Return what blocks cost of `MOST_SIZE`."""
    return len(json.dumps(blocks, separators=(",", ":"))) + _OVERHEAD * len(blocks)


def _paired(blocks: Sequence[Block]) -> Iterator[Block | _Setting]:
    waiting: Block | None = None
    for block in blocks:
        if isinstance(block, Choice):
            label = words_of(waiting.line) if isinstance(waiting, Text) else ""
            if waiting is not None and not label:
                yield waiting
            yield _Setting(label, block)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = block
    if waiting is not None:
        yield waiting


def _groups(blocks: Sequence[Block], with_table: bool) -> list[tuple[str, list[Block | _Setting]]]:
    """Join what is one of Slack's blocks: the first fix table, and text from one heading to the next."""
    groups: list[tuple[str, list[Block | _Setting]]] = []
    for kind, some in groupby(_paired(blocks), key=_kind):
        found = list(some)
        if kind == "table" and (not with_table or len(found) < LEAST_ROWS):
            kind = "text"
        if kind == "single":
            groups += [("single", [each]) for each in found]
        elif kind == "table":
            groups.append((kind, found))
            with_table = False
        else:
            for each in found:
                if isinstance(each, Heading) or not groups or groups[-1][0] != "text":
                    groups.append(("text", []))
                groups[-1][1].append(each)
    return groups


def _kind(block: Block | _Setting) -> str:
    match block:
        case Heading(level=1) | Divider() | Picture() | Attached() | _Setting() | Text(small=True):
            return "single"
        case _:
            return "table" if isinstance(block, Row) and is_row(block) else "text"


def _title(text: str) -> str:
    return clean(text).replace("\n", " ").replace("`", "").strip()
