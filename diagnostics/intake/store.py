"""Where what is unpacked is kept: small members in memory, large ones in the temporary folder, all of it counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from diagnostics.bundle import Attachment, Skipped
from diagnostics.intake.cut import Part, Ring, chain, join
from diagnostics.intake.limits import MIB, Limits
from diagnostics.intake.unpack import CHUNK, Ending, Work
from diagnostics.intake.workspace import Workspace

_IN_MEMORY = 16
"""Times `Limits.memory` that all members together may take of it."""
_LEAST_TAIL = 1 << 16


class Source(Protocol):
    """A member as it comes out of its archive."""

    @property
    def ending(self) -> Ending | None: ...
    @property
    def overblown(self) -> bool: ...
    def read(self, size: int, /) -> bytes: ...


@dataclass
class _Spool:
    """What is being kept: in memory up to `most` bytes, then in a file of the workspace."""

    workspace: Workspace
    most: int
    held: bytearray
    path: Path | None = None
    file: BinaryIO | None = None
    size: int = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.file is None and self.size > self.most:
            self.path, self.file = self.workspace.create()
            self.file.write(self.held)
            self.held = bytearray()
        if self.file is None:
            self.held += data
        else:
            self.file.write(data)

    def read(self, start: int, size: int) -> bytes:
        if self.file is None:
            return bytes(self.held[start : start + size])
        self.file.seek(start)
        return self.file.read(size)

    def truncate(self, size: int) -> None:
        self.size = min(size, self.size)
        if self.file is None:
            del self.held[size:]
        else:
            self.file.truncate(self.size)

    def done(self, name: str) -> Attachment:
        if self.file is None or self.path is None:
            return Attachment.from_bytes(name, bytes(self.held))
        self.file.close()
        return self.workspace.attachment(name, self.path)

    def drop(self) -> None:
        self.held = bytearray()
        if self.file is not None and self.path is not None:
            self.file.close()
            self.path.unlink(missing_ok=True)


class Store:
    """Keeps the members of all archives of one bundle, and counts against its limits."""

    def __init__(
        self, limits: Limits, workspace: Workspace, is_log: Callable[[bytes], bool], refusal: str | None = None
    ) -> None:
        self.limits, self.workspace, self._is_log = limits, workspace, is_log
        self._refusal = refusal or too_large(limits)
        self.work = Work(limits)
        self._left = limits.expanded
        self._reserve = limits.reserve
        self._memory = limits.memory * _IN_MEMORY

    def keep(self, name: str, source: Source) -> Iterator[Attachment | Skipped]:
        """Yield what `source` holds as an attachment, and what is to be said about it.

        A log that is too long is kept as head and tail; anything else that is too long is not kept.
        """
        spool = _Spool(self.workspace, min(self.limits.memory, self._memory), bytearray())
        try:
            while chunk := source.read(CHUNK):
                spool.write(chunk)
                self._left -= len(chunk)
                if self._left < 0 or spool.size > self.limits.member or source.overblown:
                    yield from self._too_large(name, source, spool)
                    return
        except BaseException:
            spool.drop()
            raise
        if source.ending not in (None, Ending.WHOLE):
            yield Skipped(name, _ended(source.ending, spool.size))
            if not spool.size:
                return
        if spool.file is None:
            self._memory -= spool.size
        yield spool.done(name)

    def keep_head(self, name: str, source: Source, most: int) -> Iterator[Attachment | Skipped]:
        """Yield the first `most` bytes as an attachment of the size that `source` has; the rest is only counted."""
        spool = _Spool(self.workspace, min(self.limits.memory, self._memory), bytearray())
        size = 0
        try:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if spool.size < most:
                    spool.write(chunk)
        except BaseException:
            spool.drop()
            raise
        if source.ending not in (None, Ending.WHOLE):
            yield Skipped(name, _ended(source.ending, size))
        if source.ending is Ending.WORK:
            spool.drop()
            return
        self._left -= spool.size
        yield replace(spool.done(name), size=size)

    def _too_large(self, name: str, source: Source, spool: _Spool) -> Iterator[Attachment | Skipped]:
        given = spool.size
        self._left += given
        head = min(self.limits.head, given)
        tail = min(self.limits.tail, self._left + self._reserve - head)
        tail -= tail % 4  # a character of UTF-16 or UTF-32 stays whole
        if tail < min(_LEAST_TAIL, self.limits.tail) or not self._is_log(spool.read(0, self.limits.sniff)):
            spool.drop()
            yield Skipped(name, self._refusal)
            return
        ring = Ring(self.workspace, tail)
        for at in range(head, given, CHUNK):
            ring.write(spool.read(at, CHUNK))
        spool.truncate(head)
        while chunk := source.read(CHUNK):
            ring.write(chunk)
        self._pay(head + min(tail, ring.written))
        first = Part(spool.done("").open, 0, head)
        if ring.written <= tail:
            yield chain(name, (first, *ring.parts()))
        else:
            yield Skipped(name, cut_sentence(head, tail, head + ring.written))
            yield join(name, (first,), ring.parts())
        if source.ending not in (None, Ending.WHOLE):
            yield Skipped(name, _ended(source.ending, head + ring.written))

    def _pay(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            self._reserve += self._left
            self._left = 0


def cut_sentence(head: int, tail: int, whole: int | None) -> str:
    """Say that of a log only head and tail were read."""
    read = f"only its first {_size(head)} and its last {_size(tail)} were read"
    return f"{read}, of {_size(whole)}; line numbers after the gap are too low" if whole else read


def too_large(limits: Limits) -> str:
    """Say that a member is larger than is read."""
    return (
        f"unpacks to more than allowed ({limits.member >> 20} MB a file, {limits.expanded >> 20} MB in all, "
        f"{limits.ratio} times its packed size)"
    )


def _ended(ending: Ending | None, size: int) -> str:
    if ending not in (Ending.CUT, Ending.DAMAGED):
        return str(ending)
    if not size:
        return f"{ending}: nothing in it could be unpacked"
    return f"{ending}; what could be unpacked of it was read ({_size(size)})"


def _size(size: int) -> str:
    return f"{size / MIB:.0f} MB" if size >= 2 * MIB else f"{size / 1024:.0f} KB"
