"""What a card is made of. Every chat draws these blocks in its own way, and none needs to know what they are about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat.actions import Button, Menu
from bot.chat.text import Line


class Tone(StrEnum):
    """What a card means at a glance: its colour."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    GOOD = "good"
    NEUTRAL = "neutral"


class Mark(StrEnum):
    """What stands before a row."""

    CONFIRMED = "confirmed"
    TO_CHECK = "to-check"
    RULED_OUT = "ruled-out"
    TO_TICK = "to-tick"
    """An item of a checklist."""
    BULLET = "bullet"
    NONE = "none"


SIGNS = {Mark.CONFIRMED: "✅", Mark.TO_CHECK: "🔍", Mark.RULED_OUT: "✖️", Mark.TO_TICK: "☐"}
"""What the marks look like on every chat; `legend` of knowledge/chat.yaml explains them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Base of all blocks. Where space is short, the highest `rank` is left out first; 0 is never left out."""

    rank: int = 0


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A title; `level` 1 is the card's own, 2 a part of it."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text(Block):
    """A paragraph."""

    line: Line
    small: bool = False
    """True for what may be read last."""


@dataclass(frozen=True, slots=True)
class Quote(Block):
    """What stands in a person's file, word for word, and where: ``log.txt:45``."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Row(Block):
    """A row of a table or list: what to do, and below it why."""

    line: Line
    mark: Mark = Mark.BULLET
    below: Line = ()
    number: int = 0
    """1-based; 0 where the rows are not numbered."""


@dataclass(frozen=True, slots=True)
class Code(Block):
    """Lines to be copied or compared; `language` is diff, sh, yaml or empty."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Picture(Block):
    """A PNG; `says` is for those who cannot see it."""

    name: str
    data: bytes = field(repr=False)
    says: str = ""


@dataclass(frozen=True, slots=True)
class Attached(Block):
    """A file to take away."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Divider(Block):
    """A thin line between two parts."""


@dataclass(frozen=True, slots=True)
class Choice(Block):
    """A menu between other blocks."""

    menu: Menu


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that is shown: blocks, then menus, then rows of buttons. Of several pages each has these last two."""

    tone: Tone
    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    menus: tuple[Menu, ...] = ()
