"""The text that programs leave in a picture: PNG's text chunks, and the user comment and makers of Exif."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from diagnostics.pictures.parts import chunks, entries, picture_kind, riff, segments

_MOST_TEXT = 1 << 21
"""Bytes of text of one picture, unpacked: ComfyUI's workflows reach some 200 KB."""
_ASCII = 2
_EXIF_FOLDER, _MAKE, _MODEL, _DESCRIPTION, _COMMENT = 0x8769, 0x010F, 0x0110, 0x010E, 0x9286
_EXIF_NAMES = {_MAKE: "Make", _MODEL: "Model", _DESCRIPTION: "ImageDescription"}


def read_texts(file: BinaryIO) -> dict[str, str]:
    """Return the text that programs left in a picture: PNG's text chunks, else the user comment and makers of Exif.

    At most 2 MB in all; what is longer, or damaged, is left out.
    """
    head = file.read(16)
    kind = picture_kind(head)
    try:
        if kind == "png":
            return _png_texts(file)
        exif = _exif_of(file, kind)
    except (struct.error, IndexError, OverflowError):
        return {}
    return _exif_texts(exif) if exif else {}


def _png_texts(file: BinaryIO) -> dict[str, str]:
    texts: dict[str, str] = {}
    left = _MOST_TEXT
    exif = b""
    for name, start, length in chunks(file):
        if name == b"IEND":
            break
        if name == b"eXIf" and length <= _MOST_TEXT:
            file.seek(start)
            exif = file.read(length)
        if name not in (b"tEXt", b"zTXt", b"iTXt") or length > left:
            continue
        file.seek(start)
        key, _, value = file.read(length).partition(b"\0")
        text = _chunk_text(name, value, left)
        if text is not None:
            left -= len(text)
            texts.setdefault(key.decode("latin-1"), text)
    return texts or (_exif_texts(exif) if exif else {})


def _chunk_text(name: bytes, value: bytes, most: int) -> str | None:
    if name == b"tEXt":
        # by the book Latin-1, and by every program that writes prompts UTF-8
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if name == b"zTXt":
        packed, plain = True, value[1:]
    else:
        packed = value[:1] == b"\1"
        plain = value[2:].split(b"\0", 2)[-1]
    if packed:
        unpacker = zlib.decompressobj()
        try:
            plain = unpacker.decompress(plain, most)
        except zlib.error:
            return None
        if unpacker.unconsumed_tail:
            return None
    return plain.decode("utf-8" if name == b"iTXt" else "latin-1", "replace")


def _exif_of(file: BinaryIO, kind: str | None) -> bytes:
    if kind == "jpeg":
        for marker, start, length in segments(file):
            if marker == 0xE1:
                file.seek(start)
                data = file.read(length)
                if data.startswith(b"Exif\0\0"):
                    return data[6:]
    elif kind == "webp":
        for name, start, length in riff(file):
            if name == b"EXIF" and length <= _MOST_TEXT:
                file.seek(start)
                return file.read(length).removeprefix(b"Exif\0\0")
    return b""


def _exif_texts(data: bytes) -> dict[str, str]:
    order, outer = entries(data, None)
    texts = {}
    inner = 0
    for tag, kind, start, length in outer:
        if tag in _EXIF_NAMES and kind == _ASCII:
            texts[_EXIF_NAMES[tag]] = data[start : start + length].rstrip(b"\0").decode("utf-8", "replace")
        elif tag == _EXIF_FOLDER:
            inner = struct.unpack(order + "I", data[start : start + 4])[0]
    for tag, _, start, length in entries(data, inner)[1] if inner else ():
        if tag == _COMMENT:
            texts["UserComment"] = _comment(data[start : start + length], order)
    return texts


def _comment(data: bytes, order: str) -> str:
    code, text = data[:8], data[8:]
    if code.startswith(b"UNICODE"):
        # programs do not agree on the order of its bytes: Latin letters have their zero first or last
        high = text[0:200:2].count(0) >= text[1:200:2].count(0)
        little = order == "<" if text[0:200:2].count(0) == text[1:200:2].count(0) else not high
        return text.decode("utf-16-le" if little else "utf-16-be", "replace")
    return text.rstrip(b"\0").decode("utf-8", "replace")
