"""Pictures as real files, made on the spot: scenes that differ, and every kind of broken or unusual file."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image


def scene(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return a smooth random picture: equal seeds give the same scene at any size."""
    noise = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return `image` as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*extra: bytes, width: int = 8, height: int = 8, pixels: bytes | None = None) -> bytes:
    """Return a grey PNG of any claimed size, `extra` chunks before its pixels; its pixels may be missing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x7f" * width for _ in range(height)) if pixels is None else pixels
    parts = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def exif(orientation: int = 1, comment: bytes = b"") -> bytes:
    """Return Exif data with an orientation and, where given, a user comment."""
    made = Image.Exif()
    made[0x0112] = orientation
    if comment:
        made.get_ifd(0x8769)[0x9286] = comment
    return made.tobytes()


def heic() -> bytes:
    """Return the beginning of an HEIC file."""
    return struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + b"\0" * 100


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>\n'
