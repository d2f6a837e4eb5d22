"""How picture files are divided: the chunks of PNG and WebP, the segments of JPEG, the entries of Exif.

Standard library alone: `collect` carries this file. Sources: PNG specification (third edition), ITU T.81 annex B
(JPEG), RFC 9649 (WebP), TIFF 6.0 and Exif 2.32.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
LONGEST_EXIF = 1 << 16
SHORT, LONG = 3, 4
"""Types of numbers in Exif: 16 and 32 bits."""
Entry = tuple[int, int, int, int]
"""Tag, type, start and length in bytes."""
_MOST_PARTS = 10_000
"""Chunks or segments that are walked through: a picture cut into 64 KB pieces may have 640 MB."""
_MOST_ENTRIES = 200
_NAMED = (
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"8BPS", "psd"),
    (b"\x00\x00\x00\x0cJXL ", "jxl"),
    (b"\xff\x0a", "jxl"),
)
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<error", b"{", b"version https://git-lfs.")
"""How what is stored under the name of a picture begins where fetching the picture failed."""
_BRANDS = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"heif": "heic", b"mif1": "heic"}


def picture_kind(head: bytes) -> str | None:
    """Return png, jpeg, webp, or the name of a kind that is not looked at; None for what is no picture."""
    if head.startswith(PNG_MAGIC[:4]):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in text):
        return "svg"
    return next((kind for magic, kind in _NAMED if head.startswith(magic)), None)


def is_page(head: bytes) -> bool:
    """Tell the error page of a download, or the pointer of Git LFS, that lies in the place of a picture."""
    return head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)


def chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, start and length of the chunks of a PNG."""
    at = len(PNG_MAGIC)
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length, name = struct.unpack(">I4s", head)
        yield name, at + 8, length
        at += 12 + length


def segments(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and length of the segments of a JPEG, up to its pixels."""
    at = 2
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return
        if head[1] == 0xFF:
            at += 1
            continue
        length = struct.unpack(">H", head[2:])[0]
        yield head[1], at + 4, length - 2
        if head[1] == 0xDA:
            return
        at += 2 + length


def riff(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, start and length of the chunks of a WebP."""
    at = 12
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        yield name, at + 8, length
        at += 8 + length + (length & 1)


def entries(data: bytes, at: int | None) -> tuple[str, list[Entry]]:
    """Return the byte order and tag, type, start and length of the entries of one folder, by default the first."""
    order = "<" if data[:2] == b"II" else ">"
    start = struct.unpack(order + "I", data[4:8])[0] if at is None else at
    count = struct.unpack(order + "H", data[start : start + 2])[0]
    found = []
    for number in range(min(count, _MOST_ENTRIES)):
        entry = data[start + 2 + 12 * number : start + 14 + 12 * number]
        if len(entry) < 12:
            break
        tag, kind, values, where = struct.unpack(order + "HHII", entry)
        length = values * {SHORT: 2, LONG: 4}.get(kind, 1)
        found.append((tag, kind, start + 10 + 12 * number if length <= 4 else where, length))
    return order, found
