"""What is in a tar, read from front to back; a header is decoded by `tarfile`, but never followed by it.

`tarfile` itself keeps a list of all members and reads extended headers of any length into memory.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

from diagnostics.intake.unpack import CHUNK, Ending, Unpacked

BLOCK = 512
_LONGEST_NAME = 1 << 16
"""Bytes of an extended header: a path of 4,096 characters and some attributes."""
_MOST_HEADERS = 8
"""Extended headers in front of one member; two are usual."""
_MORE_HOLES, _STILL_MORE_HOLES = 482, 504
"""Where a header of a file with holes, and a block after it, say that another such block follows."""
_LONG_NAMES = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)


class TarPart:
    """The data of one member, read from the stream of the whole archive."""

    def __init__(self, stream: Unpacked, size: int) -> None:
        self._stream, self._left = stream, size
        self._padding = -size % BLOCK

    @property
    def ending(self) -> Ending | None:
        """How it ended; an archive that ends within it is cut off even where it was packed well."""
        if self._left <= 0:
            return Ending.WHOLE
        return Ending.CUT if self._stream.ending is Ending.WHOLE else self._stream.ending

    @property
    def overblown(self) -> bool:
        """Whether the archive unpacks to far more than it has packed."""
        return self._stream.overblown

    def read(self, size: int, /) -> bytes:
        """Return 1 to `size` bytes, none at the end."""
        data = self._stream.read(min(size, self._left)) if self._left > 0 else b""
        self._left -= len(data)
        return data

    def skip(self) -> None:
        """Go on to the next header."""
        self._left += self._padding
        while self.read(CHUNK):
            pass


@dataclass(frozen=True, slots=True)
class TarEntry:
    """One member that is no folder. `plain` is False for links, devices and files with holes."""

    name: str
    plain: bool
    data: TarPart


class TarError(Exception):
    """A header cannot be read: what follows it cannot be found."""


def tar_entries(stream: Unpacked) -> Iterator[TarEntry | None]:
    """Yield the members, and None for each header that is none; what is left of one is passed over for the next.

    Raises `TarError` where a header is damaged, or longer than any that tar writes.
    """
    name, size, plain, headers = "", None, True, 0
    while (info := _info(stream)) is not None:
        if info.type in _LONG_NAMES or info.type in _EXTENDED:
            data = TarPart(stream, info.size)
            headers += 1
            if info.size > _LONGEST_NAME or headers > _MOST_HEADERS:
                raise TarError("a header is longer than any that tar writes")
            said = exactly(data, info.size)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                name = _text(said.split(b"\0", 1)[0])
            elif info.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
                records = dict(_records(said))
                name = _text(records.get(b"path", b"")) or name
                size = _number(records.get(b"size"))
                plain = not any(key.startswith(b"GNU.sparse") for key in records)
            yield None
        else:
            data = TarPart(stream, info.size if size is None or not info.isreg() else size)
            plain = plain and info.isreg() and info.type != tarfile.GNUTYPE_SPARSE
            yield None if info.isdir() else TarEntry(name or info.name, plain, data)
            name, size, plain, headers = "", None, True, 0
        data.skip()


def exactly(stream: TarPart | Unpacked, size: int) -> bytes:
    """Return the next `size` bytes, fewer at the end."""
    found = bytearray()
    while len(found) < size and (data := stream.read(size - len(found))):
        found += data
    return bytes(found)


def _info(stream: Unpacked) -> tarfile.TarInfo | None:
    header = exactly(stream, BLOCK)
    if len(header) < BLOCK or not header.strip(b"\0"):
        return None
    try:
        info = tarfile.TarInfo.frombuf(header, "utf-8", "replace")
    except (tarfile.HeaderError, ValueError) as error:
        raise TarError("a header cannot be read") from error
    if info.type == tarfile.GNUTYPE_SPARSE:
        more = header[_MORE_HOLES]
        while more and len(block := exactly(stream, BLOCK)) == BLOCK:
            more = block[_STILL_MORE_HOLES]
    if not (info.isreg() or info.type in _LONG_NAMES or info.type in _EXTENDED):
        info.size = 0  # some writers give links the size of what they point to
    if info.size < 0:
        raise TarError("a size cannot be read")
    return info


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The records of an extended header: a length, a space, a name, ``=``, a value and a line end each."""
    at = 0
    while at < len(data):
        length, _, _ = data[at : at + 20].partition(b" ")
        count = _number(length)
        if not count or count <= len(length) + 1:
            return
        key, _, value = data[at + len(length) + 1 : at + count - 1].partition(b"=")
        yield key, value
        at += count


def _number(digits: bytes | None) -> int | None:
    return int(digits) if digits and len(digits) < 20 and digits.isdigit() else None


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
