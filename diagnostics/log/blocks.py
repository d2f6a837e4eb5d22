"""A log as blocks of bytes, cut into the segments that carriage returns and line feeds divide.

One pass in constant memory, whatever the size and the encoding: a block is UTF-8 without NULs, ends where a segment
ends, and knows the line that each segment stands on.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from diagnostics.bundle import Document
from diagnostics.log.lines import LONGEST
from diagnostics.text import encoding_of

Positions = NDArray[np.int64]

PAD = 256
"""Bytes before the first segment, so that a row can be taken backwards from the end of every segment."""
_FIRST = 1 << 14
_LARGEST = 1 << 20
_GROWTH = 4
"""Small blocks first: what the first lines teach is used on the rest."""
OVERLAP = 256
"""Bytes that the windows of an endless segment share: more than a signature spans."""
_COLOURED = 64
"""Coloured segments of a block up to which they are cleaned one by one; a block of more is cleaned as a whole."""
_ESCAPE = re.compile(rb"\x1b(?:\[[0-9;?]{0,32}[A-Za-z]|\][^\x07\x1b\r\n]{0,200}(?:\x07|\x1b\\)|[()][A-Z0-9])")
_LONGEST_CODE = 32
_SMALL = np.uint8(0x20)
"""The bit that makes a letter a small one."""
_LAST_ESCAPES = re.compile(rb"(?:\x1b\[[0-9;?]{0,32}[A-Za-z]){1,8}$")
_LF, _CR, _ESC = 10, 13, 27


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive segments. Segment i is ``data[starts[i]:ends[i]]`` and stands on line ``lines[i]`` (1-based)."""

    data: NDArray[np.uint8]
    """The bytes with `PAD` NULs in front; carriage returns are line feeds here, so that ``.`` stops at either."""
    starts: Positions
    ends: Positions
    lines: Positions
    coloured: Positions
    """Numbers of the segments that hold escape codes."""
    size: int
    """Bytes of the log, as they were saved, up to the end of this block."""

    def raw(self, segment: int) -> bytes:
        """The bytes of one segment."""
        return self.data[self.starts[segment] : self.ends[segment]].tobytes()

    def part(self, segments: Positions) -> Block:
        """Return some of the segments as a block of their own."""
        starts, ends = self.starts[segments], self.ends[segments]
        breaks = np.flatnonzero(np.diff(segments) > 1) + 1
        first, last = np.concatenate(([0], breaks)), np.concatenate((breaks - 1, [len(segments) - 1]))
        stretches = [self.data[begin:end] for begin, end in zip(starts[first], ends[last], strict=True)]
        lengths = ends[last] - starts[first] + 1
        shift = np.repeat(PAD + np.cumsum(lengths) - lengths - starts[first], last - first + 1)
        data = np.frombuffer(bytearray(bytes(PAD) + b"\n".join(each.tobytes() for each in stretches)), np.uint8)
        return Block(data, starts + shift, ends + shift, self.lines[segments], self.coloured[:0], self.size)

    def text(self, segment: int) -> str:
        """One segment as text."""
        return self.raw(segment).decode("utf-8", "replace")


def blocks(document: Document) -> Iterator[Block]:
    """Yield the blocks of a log in order: from its source where it has one, else from its text.

    A block lives until the next but one is asked for: they share their memory.
    """
    if document.source is None:
        data = document.text.encode("utf-8", "replace")
        yield from _cut(_Text(io.BytesIO(data)), document.first_line, min(len(data) + 1, 2 * _LARGEST))
    else:
        with document.source.open() as file:
            yield from _cut(_text_of(file), document.first_line, 2 * _LARGEST)


class _Text:
    """UTF-8 that is read straight into a buffer."""

    def __init__(self, file: BinaryIO, head: bytes = b"") -> None:
        self._file = file
        self._head = head
        self.taken = len(head)
        """Bytes of the file that have been read."""

    def fill(self, view: memoryview) -> int:
        """Write what comes next to the start of `view`; return how much that is, 0 at the end."""
        if self._head:
            count = len(self._head)
            view[:count] = self._head
            self._head = b""
            return count
        if isinstance(self._file, io.RawIOBase | io.BufferedIOBase):
            count = self._file.readinto(view) or 0
        else:
            part = self._file.read(len(view))
            count = len(part)
            view[:count] = part
        self.taken += count
        return count


class _Decoded:
    """Text in another encoding, turned into UTF-8 on the way."""

    def __init__(self, file: BinaryIO, head: bytes, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._waiting = self._decoder.decode(head).encode("utf-8", "replace")
        self.taken = len(head)

    def fill(self, view: memoryview) -> int:
        """Write what comes next to the start of `view`; return how much that is, 0 at the end."""
        while not self._waiting:
            part = self._file.read(len(view))
            self.taken += len(part)
            self._waiting = self._decoder.decode(part, final=not part).encode("utf-8", "replace")
            if not part:
                break
        count = min(len(view), len(self._waiting))
        view[:count], self._waiting = self._waiting[:count], self._waiting[count:]
        return count


def _text_of(file: BinaryIO) -> _Text | _Decoded:
    head = file.read(_FIRST)
    encoding = encoding_of(head)
    if encoding in ("utf-8", "utf-8-sig"):
        return _Text(file, head.removeprefix(codecs.BOM_UTF8))
    return _Decoded(file, head, encoding)


@dataclass
class _Place:
    """How far the log has been read."""

    line: int
    size: int = 0


def _cut(text: _Text | _Decoded, first_line: int, room: int) -> Iterator[Block]:
    place = _Place(first_line)
    buffer, other = bytearray(PAD + room), bytearray(PAD + room)
    view = memoryview(buffer)
    filled, size = PAD, _FIRST
    while count := text.fill(view[filled : filled + size]):
        size = min(size * _GROWTH, _LARGEST)
        place.size = text.taken
        end = filled + count
        cut = max(buffer.rfind(b"\n", filled, end), buffer.rfind(b"\r", filled, end)) + 1
        if cut:
            yield from _block(buffer, cut, place)
            rest = cut
        elif end - PAD >= _LARGEST:
            # one segment without end: it is taken in pieces that overlap
            yield from _block(buffer, end, place)
            rest = end - OVERLAP
        else:
            filled = end
            continue
        filled = PAD + end - rest
        left, (buffer, other) = view[rest:end], (other, buffer)
        view = memoryview(buffer)
        view[PAD:filled] = left
    if filled > PAD:
        yield from _block(buffer, filled, place)


def _block(buffer: bytearray, end: int, place: _Place) -> Iterator[Block]:
    data = np.frombuffer(buffer, np.uint8, end)
    if buffer.find(0, PAD, end) >= 0:
        data = np.concatenate((data[:PAD], data[PAD:][data[PAD:] != 0]))
    escape = data == _ESC
    if np.count_nonzero(escape) > _COLOURED:
        data = _bare(data)
        escape = data[:0] == _ESC
    separators, escapes = _separators(data), np.flatnonzero(escape)
    feeds = data[separators] == _LF
    starts = np.concatenate(([PAD], separators + 1))
    ends = np.concatenate((separators, [len(data)]))
    lines = place.line + np.concatenate(([0], np.cumsum(feeds)))
    place.line = int(lines[-1])
    data[separators] = _LF
    filled = ends > starts
    starts, ends, lines = starts[filled], ends[filled], lines[filled]
    if len(ends) and (ends - starts).max() > LONGEST:
        starts, ends, lines = _windows(starts, ends, lines)
    if len(ends):
        coloured = np.unique(np.searchsorted(ends, escapes, side="right"))
        coloured = _trimmed(data, starts, ends, coloured[coloured < len(ends)])
        yield Block(data, starts, ends, lines, coloured, place.size)


def _bare(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return `data` without escape codes: colours and cursor moves at once, the few of other kinds one by one."""
    escape = data == _ESC
    parameter = ((data >= ord("0")) & (data <= ord("9"))) | (data == ord(";")) | (data == ord("?"))
    letter = ((data | _SMALL) >= ord("a")) & ((data | _SMALL) <= ord("z"))
    # byte by byte from each bracket on, all codes of the block together: a pass over flags costs less than any index
    inside = data == ord("[")
    inside[1:] &= escape[:-1]
    reached, following = inside.copy(), np.zeros_like(inside)
    for _ in range(_LONGEST_CODE):
        np.logical_and(reached[:-1], parameter[1:], out=following[1:])
        reached, following = following, reached
        if not reached.any():
            break
        inside |= reached
    removed = letter
    removed[1:] &= inside[:-1]
    removed[0] = False
    reached[:] = removed
    for _ in range(_LONGEST_CODE):
        np.logical_and(reached[1:], inside[:-1], out=following[:-1])
        reached, following = following, reached
        reached[-1] = False
        if not reached.any():
            break
        removed |= reached
    # the bracket is among them, the byte before it is the escape
    removed[:-1] |= removed[1:] & escape[:-1]
    kept: NDArray[np.uint8] = data[np.flatnonzero(~removed)]
    if (kept == _ESC).any():
        kept = np.frombuffer(bytearray(bytes(PAD) + _ESCAPE.sub(b"", kept[PAD:].tobytes())), np.uint8)
    return kept


def _trimmed(data: NDArray[np.uint8], starts: Positions, ends: Positions, coloured: Positions) -> Positions:
    """Cut escape codes off the ends of segments, in place; return the segments that have others too."""
    left: list[int] = []
    for segment in coloured.tolist():
        raw = data[starts[segment] : ends[segment]].tobytes()
        bare = _LAST_ESCAPES.sub(b"", raw)
        ends[segment] -= len(raw) - len(bare)
        if _ESC in bare:
            left.append(segment)
    return np.array(left, np.int64)


def _separators(data: NDArray[np.uint8]) -> Positions:
    """Return where line feeds and carriage returns stand."""
    separates = data == _LF
    separates |= data == _CR
    separates[:PAD] = False
    return np.flatnonzero(separates)


def _windows(starts: Positions, ends: Positions, lines: Positions) -> tuple[Positions, Positions, Positions]:
    """Divide segments that are too long to be looked at as one into windows that overlap."""
    step = LONGEST - OVERLAP
    counts = np.maximum(1, -(-(ends - starts - OVERLAP) // step))
    whole = np.repeat(np.arange(len(starts)), counts)
    number = np.arange(len(whole)) - np.repeat(np.cumsum(counts) - counts, counts)
    begins = starts[whole] + number * step
    return begins, np.minimum(begins + LONGEST, ends[whole]), lines[whole]
