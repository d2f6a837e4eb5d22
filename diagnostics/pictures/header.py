"""What a picture says of itself before a single pixel is unpacked.

Standard library alone: `collect` carries this file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from diagnostics.pictures.parts import LONGEST_EXIF, SHORT, chunks, entries, picture_kind, riff, segments

_TAIL = 1 << 16
_ZEROS = 1024
_ORIENTATION = 0x0112
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
"""Start-of-frame markers of JPEG, which hold its size."""
ENDINGS = {
    "png": (".png", ".apng"),
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "webp": (".webp",),
}
"""Kinds that are looked at, with the endings they go by."""


@dataclass(frozen=True)
class PictureHeader:
    """A picture as its file describes it. `width` and `height` in pixels as stored, before any rotation."""

    kind: str
    width: int
    height: int
    bits: int = 8
    """Bits a channel."""
    channels: int = 3
    animated: bool = False
    orientation: int = 1
    """Exif's 1..8; 1 is upright."""
    complete: bool = True
    """False where the file ends before the picture does."""


class NotReadableError(ValueError):
    """The bytes are no picture of a kind that is looked at, or a broken one."""


def read_header(file: BinaryIO, size: int) -> PictureHeader:
    """Read the header of a picture of `size` bytes, open at its start; raises `NotReadableError`."""
    try:
        head = file.read(16)
        kind = picture_kind(head)
        if kind == "png":
            return _png(file, size)
        if kind == "jpeg":
            return _jpeg(file, size)
        if kind == "webp":
            return _webp(file, size)
    except (struct.error, IndexError, OverflowError) as error:
        raise NotReadableError("its header is damaged") from error
    raise NotReadableError("is no PNG, JPEG or WebP picture")


def _png(file: BinaryIO, size: int) -> PictureHeader:
    width = height = bits = colour = 0
    animated, complete, orientation = False, False, 1
    for name, start, length in chunks(file):
        if name == b"IHDR":
            file.seek(start)
            width, height, bits, colour = struct.unpack(">IIBB", file.read(10))
        elif name == b"acTL":
            animated = True
        elif name == b"eXIf":
            file.seek(start)
            orientation = _tiff(file.read(min(length, LONGEST_EXIF))).get(_ORIENTATION, 1)
        elif name == b"IEND":
            complete = start + length + 4 <= size
            break
    if not width or not height:
        raise NotReadableError("its header is damaged")
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 3)
    return PictureHeader("png", width, height, bits, channels, animated, _upright(orientation), complete)


def _jpeg(file: BinaryIO, size: int) -> PictureHeader:
    found: tuple[int, int, int, int] | None = None
    orientation = 1
    for marker, start, length in segments(file):
        if marker in _FRAMES:
            file.seek(start)
            bits, height, width, channels = struct.unpack(">BHHB", file.read(6))
            found = width, height, bits, channels
        elif marker == 0xE1:
            file.seek(start)
            data = file.read(min(length, LONGEST_EXIF))
            if data.startswith(b"Exif\0\0"):
                orientation = _tiff(data[6:]).get(_ORIENTATION, 1)
    if found is None or not found[0] or not found[1]:
        raise NotReadableError("its header is damaged")
    file.seek(max(size - _TAIL, 0))
    tail = file.read(_TAIL)
    # cameras pad with zeros after the end; an interrupted download has zeros instead of it
    complete = b"\xff\xd9" in tail and (tail.rstrip(b"\0").endswith(b"\xff\xd9") or not _fades(tail))
    return PictureHeader("jpeg", *found, orientation=_upright(orientation), complete=complete)


def _webp(file: BinaryIO, size: int) -> PictureHeader:
    file.seek(4)
    end = struct.unpack("<I", file.read(4))[0] + 8
    file.seek(max(min(end, size) - _ZEROS, 0))
    complete = end <= size and not _fades(file.read(_ZEROS))
    width = height = 0
    channels, animated, orientation = 3, False, 1
    for name, start, length in riff(file):
        file.seek(start)
        data = file.read(min(length, LONGEST_EXIF if name == b"EXIF" else 10))
        if name == b"VP8X":
            animated, channels = bool(data[0] & 2), 4 if data[0] & 16 else 3
            width = 1 + int.from_bytes(data[4:7], "little")
            height = 1 + int.from_bytes(data[7:10], "little")
        elif name == b"VP8 " and not width:
            width, height = (value & 0x3FFF for value in struct.unpack("<HH", data[6:10]))
        elif name == b"VP8L" and not width:
            packed = int.from_bytes(data[1:5], "little")
            width, height, channels = 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF), 4 if packed >> 28 & 1 else 3
        elif name == b"EXIF":
            orientation = _tiff(data.removeprefix(b"Exif\0\0")).get(_ORIENTATION, 1)
    if not width or not height:
        raise NotReadableError("its header is damaged")
    return PictureHeader("webp", width, height, 8, channels, animated, _upright(orientation), complete)


def _fades(tail: bytes) -> bool:
    """Tell a file that ends in nothing but zeros, as an interrupted download leaves it; no picture packs like that."""
    return len(tail) >= _ZEROS and not any(tail[-_ZEROS:])


def _tiff(data: bytes) -> dict[int, int]:
    """Return the short numbers of the first folder of Exif data: tag -> value. Damaged data has none."""
    try:
        order, found = entries(data, None)
        return {
            tag: struct.unpack(order + "H", data[start : start + 2])[0]
            for tag, kind, start, length in found
            if kind == SHORT and length == 2
        }
    except struct.error:
        return {}


def _upright(orientation: int) -> int:
    return orientation if 1 <= orientation <= 8 else 1
