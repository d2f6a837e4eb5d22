"""Packed bytes to plain ones, a piece at a time: gz, bz2, xz, zstd, and what stands in a zip."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from diagnostics.intake.limits import MIB, Limits

CHUNK = 1 << 16
_PIECE = 1024
"""Packed bytes fed at once: where a file is damaged, no more than what these give is lost."""
_STREAM_COST = 4096
"""Counted as work for each packed stream after another in one file: a billion empty ones must end, too."""
_SLOW: dict[type, int] = {bz2.BZ2Decompressor: 4, lzma.LZMADecompressor: 2}
"""Work that a byte counts as: of text bz2 gives 20 MB a second, xz 90, zlib 220, zstd 390."""
_LZMA_OVERHEAD = 2 * MIB


class Readable(Protocol):
    """Anything that is read from front to back."""

    def read(self, size: int, /) -> bytes: ...


class Unpacker(Protocol):
    """What `bz2`, `lzma` and `zstd` share: at most `max_length` bytes come out of a call."""

    def decompress(self, data: bytes, max_length: int) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


class Ending(StrEnum):
    """How a stream came to its end."""

    WHOLE = "whole"
    CUT = "is cut off"
    DAMAGED = "is damaged"
    WINDOW = "needs more memory to unpack than is given here; please pack it again as .zip"
    WORK = "was not read to its end: the archives of this bundle unpack to more than is read here"


class Work:
    """Bytes that may still be unpacked in one bundle."""

    def __init__(self, limits: Limits) -> None:
        self.left = limits.work


class Zlib:
    """zlib with the interface that the other three share. `wbits` is 31 for gzip, -15 for bare deflate."""

    def __init__(self, wbits: int) -> None:
        self._zlib = zlib.decompressobj(wbits)
        self._full = False

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return up to `max_length` bytes."""
        found = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self._full = len(found) == max_length
        return found

    @property
    def needs_input(self) -> bool:
        """False while more may come out without further input."""
        return not (self._full or self._zlib.unconsumed_tail or self._zlib.eof)

    @property
    def eof(self) -> bool:
        """Whether the stream has ended, its checksum being right."""
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        """What follows the end."""
        return self._zlib.unused_data


class Stored:
    """`size` bytes that are not packed at all."""

    needs_input = True

    def __init__(self, size: int) -> None:
        self._left = size
        self._rest = b""

    def decompress(self, data: bytes, max_length: int) -> bytes:  # noqa: ARG002 - no more comes out than goes in
        """Return `data`, up to the end."""
        found, self._rest = data[: self._left], data[self._left :]
        self._left -= len(found)
        return found

    @property
    def eof(self) -> bool:
        """Whether all of it was given."""
        return self._left <= 0

    @property
    def unused_data(self) -> bytes:
        """What follows the end."""
        return self._rest


def unpacker(kind: str, limits: Limits) -> Callable[[], Unpacker]:
    """Return what makes an unpacker for gz, deflate, bz2, xz or zst, its memory bounded by `limits.window`."""
    if kind == "xz":
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.window + _LZMA_OVERHEAD)
    if kind == "zst":
        return _zstd(limits)
    if kind == "bz2":
        return bz2.BZ2Decompressor
    wbits = {"gz": 31, "deflate": -15}[kind]
    return lambda: Zlib(wbits)


def _zstd(limits: Limits) -> Callable[[], Unpacker]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    most: dict[int, int] = {zstd.DecompressionParameter.window_log_max: limits.window.bit_length() - 1}
    return lambda: zstd.ZstdDecompressor(options=most)


class Unpacked:
    """A packed stream, read piece by piece. Damage ends it and is told by `ending`; nothing is raised for it.

    `many` says whether streams may follow one another, as in what ``cat a.gz b.gz`` writes; `checksum` is the CRC-32
    that what comes out must have.
    """

    def __init__(
        self,
        packed: Readable,
        make: Callable[[], Unpacker],
        limits: Limits,
        work: Work,
        many: bool = True,
        checksum: int | None = None,
    ) -> None:
        self._packed, self._make, self._limits, self._work, self._many = packed, make, limits, work, many
        self._unpacker = make()
        self._cost = _SLOW.get(type(self._unpacker), 1)
        self._step = CHUNK if isinstance(self._unpacker, Stored) else _PIECE
        self._waiting = memoryview(b"")
        self._taken = 0
        self._checksum, self._sum = checksum, 0
        self._ahead = b""
        self.given = 0
        self.ending: Ending | None = None

    @property
    def consumed(self) -> int:
        """Packed bytes that belong to what was given; exact once the stream has ended well."""
        return self._taken - len(self._unpacker.unused_data)

    @property
    def overblown(self) -> bool:
        """Whether it unpacks to far more than it has packed."""
        return self.given > max(self._limits.ratio_from, self._taken * self._limits.ratio)

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end, and leave them to be read."""
        while len(self._ahead) < size and (data := self._more(size - len(self._ahead))):
            self._ahead += data
        return self._ahead[:size]

    def read(self, size: int, /) -> bytes:
        """Return 1 to `size` bytes, none at the end."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        return self._more(size)

    def _more(self, size: int) -> bytes:
        while self.ending is None:
            if self._work.left <= 0:
                self.ending = Ending.WORK
            elif self._unpacker.eof:
                self._next()
            else:
                data = self._some(min(size, CHUNK))
                if data:
                    self.given += len(data)
                    self._sum = zlib.crc32(data, self._sum) if self._checksum is not None else 0
                    self._work.left -= len(data) * self._cost
                    return data
        return b""

    def _some(self, size: int) -> bytes:
        piece = b""
        if self._unpacker.needs_input:
            piece = self._piece(min(size, self._step))
            if not piece:
                self.ending = Ending.CUT
                return b""
        try:
            return self._unpacker.decompress(piece, size)
        except Exception as error:  # each library has errors of its own for damage
            self.ending = Ending.WINDOW if _wants_memory(error) else Ending.DAMAGED
            return b""

    def _next(self) -> None:
        rest = self._unpacker.unused_data
        follows = bytes(rest[:_PIECE]) or self._piece(_PIECE)
        if not self._many or not follows.strip(b"\0"):
            # what pads a file to the size of its blocks
            self.ending = Ending.WHOLE if self._checksum in (None, self._sum) else Ending.DAMAGED
            if not rest:
                self._taken -= len(follows)
            return
        self._work.left -= _STREAM_COST
        if not rest:
            self._taken -= len(follows)
            rest = follows
        else:
            self._taken -= len(rest)
        self._waiting = memoryview(bytes(rest) + bytes(self._waiting))
        self._unpacker = self._make()

    def _piece(self, size: int) -> bytes:
        if not self._waiting:
            self._waiting = memoryview(self._packed.read(CHUNK))
        piece = bytes(self._waiting[:size])
        self._waiting = self._waiting[size:]
        self._taken += len(piece)
        return piece


def _wants_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "emory" in str(error)
