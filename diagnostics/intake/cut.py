"""Head and tail of a log that is too long: the crash is at the end."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from diagnostics.bundle import Attachment
from diagnostics.intake.workspace import Workspace
from diagnostics.text import encoding_inside

_SEAM = 1 << 12
"""Bytes searched for a line end where a log is cut: half a number would be another number."""
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` to `start` + `size` of a file."""

    open: Callable[[], BinaryIO]
    start: int
    size: int


class Joined(io.RawIOBase):
    """Parts of files, one after the other, as one file that is read from front to back."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self._parts = list(parts)
        self._file: BinaryIO | None = None
        self._left = 0

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read the next bytes into `buffer`; 0 at the end."""
        while True:
            if self._left > 0 and self._file is not None:
                data = self._file.read(min(len(buffer), self._left))
                if data:
                    buffer[: len(data)] = data
                    self._left -= len(data)
                    return len(data)
            if not self._parts:
                return 0
            self._release()
            part = self._parts.pop(0)
            self._file, self._left = part.open(), part.size
            self._file.seek(part.start)

    def close(self) -> None:
        """Close the part that is open."""
        self._release()
        super().close()

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class Ring:
    """The last `size` bytes of what is written, in one file that is written round and round."""

    def __init__(self, workspace: Workspace, size: int) -> None:
        self._workspace, self._size = workspace, size
        self._path, self._file = workspace.create()
        self.written = 0

    def write(self, data: bytes) -> None:
        """Add `data`, over the oldest bytes where it is full."""
        passed = max(len(data) - self._size, 0)
        self.written += passed
        rest = memoryview(data)[passed:]
        while rest:
            at = self.written % self._size
            fits = rest[: self._size - at]
            self._file.seek(at)
            self._file.write(fits)
            self.written += len(fits)
            rest = rest[len(fits) :]

    def parts(self) -> tuple[Part, ...]:
        """Return what is in it, oldest first; nothing more can be written."""
        self._file.close()
        opened = self._workspace.attachment("", self._path).open
        if self.written <= self._size:
            return (Part(opened, 0, self.written),)
        at = self.written % self._size
        return (Part(opened, at, self._size - at), Part(opened, 0, at))


def chain(name: str, parts: Sequence[Part]) -> Attachment:
    """Return `parts`, one after the other, as one attachment."""
    whole = tuple(parts)
    return Attachment(name, sum(part.size for part in whole), lambda: io.BufferedReader(Joined(whole)))


def join(name: str, head: Sequence[Part], tail: Sequence[Part]) -> Attachment:
    """Return head and tail as one attachment, each cut to whole lines, with a line end between them."""
    encoding = encoding_inside(_read(head, 0, _BLOCK))
    ends = ("\n".encode(encoding), "\r".encode(encoding))
    size = sum(part.size for part in head)
    start = max(size - _SEAM, 0)
    last = max(_last(_read(head, start, _SEAM), end) for end in ends)
    begin = _read(tail, 0, _SEAM)
    first = min((at for end in ends if (at := _first(begin, end)) >= 0), default=0)
    return chain(
        name,
        (
            *_cut(head, 0, start + last if last >= 0 else size),
            Part(lambda: io.BytesIO(ends[0]), 0, len(ends[0])),
            *_cut(tail, first + len(ends[0]) if first else 0, sum(part.size for part in tail)),
        ),
    )


def cut_file(attachment: Attachment, head: int, tail: int) -> Attachment:
    """Return the first `head` and the last `tail` bytes of a file that can be sought in, as one attachment."""
    start = attachment.size - tail
    start -= start % 4  # a character of UTF-16 or UTF-32 stays whole
    rest = Part(attachment.open, start, attachment.size - start)
    return join(attachment.name, (Part(attachment.open, 0, head),), (rest,))


def _cut(parts: Sequence[Part], start: int, end: int) -> Iterator[Part]:
    at = 0
    for part in parts:
        low, high = max(start - at, 0), min(end - at, part.size)
        if low < high:
            yield Part(part.open, part.start + low, high - low)
        at += part.size


def _read(parts: Sequence[Part], start: int, size: int) -> bytes:
    with chain("", tuple(_cut(parts, start, start + size))).open() as file:
        return file.read(size)


def _last(data: bytes, end: bytes) -> int:
    at = data.rfind(end)
    while at >= 0 and at % len(end):  # in the middle of two wider characters
        at = data.rfind(end, 0, at + len(end) - 1)
    return at


def _first(data: bytes, end: bytes) -> int:
    at = data.find(end)
    while at >= 0 and at % len(end):
        at = data.find(end, at + 1)
    return at
