"""What is in a zip: by its table of contents, or by walking through it where that is damaged, missing or too long."""

from __future__ import annotations

import stat
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from diagnostics.intake.limits import Limits
from diagnostics.intake.unpack import Readable, Stored, Unpacked, Work, unpacker

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
"""Signature, version, flags, method, time, date, checksum, packed size, size, length of name, length of extra field."""
_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED, _SIZES_AFTER, _UTF8 = 1, 8, 0x800
_METHODS = {8: "deflate", 12: "bz2", 93: "zst"}
_LONGEST_TABLE = 4 << 20
"""Bytes of a table of contents that are read: the standard library makes an object of some 700 bytes of each 50."""
_LONGEST_DESCRIPTOR = 24
_FARTHEST = 1 << 62


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One member. `start` is where its local header stands; `size` is None where only unpacking tells it."""

    name: str
    start: int
    size: int | None
    method: int
    encrypted: bool = False
    plain: bool = True
    """False for links and devices."""
    checksum: int | None = None


class _Slice:
    """`size` bytes of a file from `start` on, or all the rest."""

    def __init__(self, file: BinaryIO, start: int, size: int | None) -> None:
        self._file, self._at, self._left = file, start, size

    def read(self, size: int, /) -> bytes:
        size = size if self._left is None else min(size, self._left)
        self._file.seek(self._at)
        data = self._file.read(size)
        self._at += len(data)
        if self._left is not None:
            self._left -= len(data)
        return data


class _Short:
    """A file of which no read is long: the table of contents is read at once by the standard library."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(_LONGEST_TABLE + 1 if size < 0 else min(size, _LONGEST_TABLE + 1))
        if len(data) > _LONGEST_TABLE:
            raise zipfile.BadZipFile("its table of contents is too long")
        return data


def zip_entries(file: BinaryIO) -> tuple[ZipEntry, ...] | None:
    """Return the members that the table of contents names, folders left out; None where it cannot be read."""
    try:
        with zipfile.ZipFile(_Short(file)) as archive:
            return tuple(_listed(member) for member in archive.infolist() if not member.is_dir())
    except Exception:  # damaged archives make the library raise almost anything
        return None


def _listed(member: zipfile.ZipInfo) -> ZipEntry:
    mode = member.external_attr >> 16
    return ZipEntry(
        member.filename,
        member.header_offset,
        member.compress_size,
        member.compress_type,
        bool(member.flag_bits & _ENCRYPTED),
        stat.S_IFMT(mode) in (0, stat.S_IFREG),
        member.CRC,
    )


def walk_zip(file: BinaryIO, start: int) -> ZipEntry | None:
    """Return the member whose local header stands at `start` or shortly after it, None where there is none."""
    file.seek(start)
    found = file.read(_LONGEST_DESCRIPTOR + len(_SIGNATURE)).find(_SIGNATURE)
    if found < 0:
        return None
    header = _header(file, start + found)
    if header is None:
        return None
    _, _, flags, method, _, _, _, packed, _, name_length, _ = header
    name = file.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    unknown = bool(flags & _SIZES_AFTER) or packed == 0xFFFF_FFFF
    return ZipEntry(
        name, start + found, None if unknown else packed, method, bool(flags & _ENCRYPTED), not name.endswith("/")
    )


def data_start(file: BinaryIO, entry: ZipEntry) -> int | None:
    """Return where the data of a member starts, None where its header is not where it should be."""
    header = _header(file, entry.start)
    return None if header is None else entry.start + _LOCAL.size + header[-2] + header[-1]


def zip_data(file: BinaryIO, entry: ZipEntry, start: int, limits: Limits, work: Work) -> Unpacked | None:
    """Return the member's data as a stream; None where its way of packing is not read here."""
    packed: Readable = _Slice(file, start, entry.size)
    if entry.method == 0 and entry.size is not None:
        size = entry.size
        return Unpacked(packed, lambda: Stored(size), limits, work, False, entry.checksum)
    if entry.method not in _METHODS:
        return None
    return Unpacked(packed, unpacker(_METHODS[entry.method], limits), limits, work, False, entry.checksum)


def _header(file: BinaryIO, start: int) -> tuple[int, ...] | None:
    if not 0 <= start < _FARTHEST:
        return None
    file.seek(start)
    data = file.read(_LOCAL.size)
    return _LOCAL.unpack(data) if len(data) == _LOCAL.size and data.startswith(_SIGNATURE) else None
