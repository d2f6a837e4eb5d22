"""Configs at the end of a large log: a launcher that failed prints the command it ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from diagnostics.bundle import Attachment, Document, Kind
from diagnostics.config import Trainers, find_configs
from diagnostics.text import encoding_inside

_SEARCHED = 1 << 18
_BLOCK = 1 << 20


def configs_at_the_end(name: str, source: Attachment, searched: int, trainers: Trainers | None) -> list[Document]:
    """Return the configs in the last 256 KB of a log, their lines counted as in the whole of it.

    The first `searched` bytes are left out.
    """
    start = max(source.size - _SEARCHED, searched)
    start += -start % 4  # a character of UTF-16 or UTF-32 stays whole
    with source.open() as file:
        encoding = encoding_inside(file.read(_BLOCK))
    text = b"".join(_between(source, start, source.size)).decode(encoding, "replace").replace("\0", "")
    found = find_configs(Document(name, Kind.LOG, text), trainers)
    if not found:
        return []
    # in UTF-16, too, a line end has one such byte, and hardly anything else has
    before = sum(block.count(b"\n") for block in _between(source, 0, start))
    return [replace(each, first_line=each.first_line + before) for each in found]


def _between(source: Attachment, start: int, end: int) -> Iterator[bytes]:
    with source.open() as file:
        at = file.seek(start) if file.seekable() else 0
        while at < end and (block := file.read(min(_BLOCK, end - at))):
            at += len(block)
            if at > start:
                yield block[-(at - start) :]
