"""What was handed in: the message and its attachments, and the documents that reading them gives."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Attachment:
    """A file as handed in: its name (never a path to be trusted), its size in bytes, and how to open it."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    @classmethod
    def from_bytes(cls, name: str, data: bytes) -> Attachment:
        """An attachment held in memory."""
        return cls(name, len(data), lambda: io.BytesIO(data))

    @classmethod
    def from_path(cls, path: Path, name: str | None = None) -> Attachment:
        """An attachment on disk; nothing is read until it is opened."""
        return cls(name or path.name, path.stat().st_size, lambda: path.open("rb"))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part that could not be read or checked, and why."""

    part: str
    reason: str


@dataclass(frozen=True)
class Bundle:
    """Everything one person handed in at once. `skipped` is what was left out on the way here already."""

    message: str = ""
    attachments: tuple[Attachment, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class Kind(StrEnum):
    """What a document is, judged by its content."""

    CONFIG = "config"
    LOG = "log"
    PROSE = "prose"
    CAPTION = "caption"
    IMAGE = "image"
    MANIFEST = "manifest"
    OTHER = "other"


@dataclass(frozen=True)
class Document:
    """Text that was read from the bundle, with line numbers that hold in the file the person knows.

    `name` is the attachment's name, or ``message``. `first_line` is where `text` starts in it (1-based). Of a large log
    `text` is only the beginning, and `source` is where all of it is read from, block by block.
    """

    name: str
    kind: Kind
    text: str
    first_line: int = 1
    source: Attachment | None = None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text split at line feeds; a carriage return inside a line divides refreshes of a progress bar."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that shows something. `line` is 1-based; 0 where there is no line to name."""

    file: str
    line: int
    text: str
