"""SQLite's write-ahead file, as far as it must be known before SQLite itself opens it (sqlite.org/fileformat2.html)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAGIC = {b"\x37\x7f\x06\x82": "<", b"\x37\x7f\x06\x83": ">"}
"""First bytes, and the order of bytes in which checksums are taken."""
SCHEMA_HEAD = 101
"""Bytes of a first page up to the type of its root page, which lists the tables."""
_LEAF_TABLE = 0x0D
_HEADER = struct.Struct(">8xI4x8sII")
"""Page size, salt, checksum."""
_FRAME = struct.Struct(">II8sII")
"""Page, size after a commit, salt, checksum."""
_SUMMED = 4 << 20
"""Bytes whose checksums are taken: SQLite checkpoints by itself when the file has reached this size."""
_WORD = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Wal:
    """What a write-ahead file holds: the beginnings of all its first pages, and whether it is damaged or cut."""

    first_pages: tuple[bytes, ...]
    damaged: bool


def is_wal(head: bytes) -> bool:
    """Tell SQLite's write-ahead file by its first bytes."""
    return head[:4] in MAGIC


def is_small_schema(page: bytes) -> bool:
    """Whether the list of tables fits on the first page."""
    return len(page) >= SCHEMA_HEAD and page[SCHEMA_HEAD - 1] == _LEAF_TABLE


def read_wal(path: Path) -> Wal:
    """Walk through the frames. A frame with another salt is left from before the last checkpoint: no damage."""
    with path.open("rb") as file:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or header[:4] not in MAGIC:
            return Wal((), damaged=bool(header))
        size, _, *checksum = _HEADER.unpack(header)
        order = MAGIC[header[:4]]
        if not 512 <= size <= 65_536 or size & (size - 1) or _sum(header[:24], order, (0, 0)) != tuple(checksum):
            return Wal((), damaged=True)
        return _frames(file, size, order, header)


def _frames(file: BinaryIO, size: int, order: str, header: bytes) -> Wal:
    pages = []
    _, salt, *checksum = _HEADER.unpack(header)
    sums, whole, valid = (checksum[0], checksum[1]), True, True
    while len(frame := file.read(_FRAME.size)) == _FRAME.size:
        page = file.read(size)
        number, _, its_salt, *its_checksum = _FRAME.unpack(frame)
        if number == 1:
            pages.append(page[:SCHEMA_HEAD])
        valid = valid and its_salt == salt
        if not valid and file.tell() <= _HEADER.size + _FRAME.size + size:
            whole = False  # SQLite writes the header and the first frame together
        if valid and whole and file.tell() <= _SUMMED:
            sums = _sum(page, order, _sum(frame[:8], order, sums)) if len(page) == size else (-1, -1)
            whole = sums == tuple(its_checksum)
        elif valid and len(page) < size:
            whole = False
    return Wal(tuple(pages), damaged=not whole)


def _sum(data: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    first, second = start
    for one, two in struct.iter_unpack(f"{order}II", data):
        first = (first + one + second) & _WORD
        second = (second + two + first) & _WORD
    return first, second
