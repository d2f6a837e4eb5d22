"""What a file is, told from its first bytes and only then from its name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from diagnostics.bundle import Kind
from diagnostics.config import Trainers, looks_like_config
from diagnostics.log import looks_like_log
from diagnostics.pictures.parts import is_page, picture_kind
from diagnostics.text import is_binary

_STRUCTURE = re.compile(
    r"""\s*(?:#|//|<|[{}\[\]]|(?:- )?["']?[\w.\-]+["']?\s*[:=](?:\s|$)|(?:import|from|def|class) \w)"""
)
_HEADING = re.compile(r"#{1,6} \w")
_HEADINGS = 3
"""Headings from which a text is documentation rather than somebody's complaint."""
_STRUCTURED = 0.5
"""Share of lines that look like settings or code, from which a text is not somebody's own words."""
SAMPLE = 65_536
_CAPTION_ENDINGS = frozenset({".txt", ".caption"})
_IMAGE_ENDINGS = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif", ".heic", ".heif", ".tif", ".tiff", ".svg", ".jxl"}
)
_MANIFEST = re.compile(r'\s*\{\s*"lora_triage"\s*:\s*\d')
_KNOWN_BINARIES = {
    ".pt": "a checkpoint that can hold code: never opened",
    ".ckpt": "a checkpoint that can hold code: never opened",
    ".pkl": "a file that can hold code: never opened",
}
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zst"),
)
_BZ2_BLOCK = (b"1AY&SY", b"\x17rE8P\x90")


def archive_kind(head: bytes) -> str | None:
    """Return zip, tar, gz, bz2, xz, 7z, rar or zst by magic bytes, else None."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            # a log may begin with the letters BZh
            return kind if kind != "bz2" or head[4:10].startswith(_BZ2_BLOCK) else None
    return "tar" if head[257:262] == b"ustar" else None


def unread(name: str) -> str | None:
    """Return why a file of this name is never opened, None where it may be."""
    return _KNOWN_BINARIES.get(PurePosixPath(name).suffix.lower())


def kind_of(sample: str, trainers: Trainers | None = None) -> Kind:
    """Tell a log, a config, somebody's words, or another text by its beginning; `trainers` know the configs."""
    if _MANIFEST.match(sample):
        return Kind.MANIFEST
    if looks_like_log(sample):
        return Kind.LOG
    if looks_like_config(sample, trainers):
        return Kind.CONFIG
    lines = [line for line in sample.split("\n") if line.strip()]
    structured = sum(_STRUCTURE.match(line) is not None for line in lines)
    headings = sum(_HEADING.match(line) is not None for line in lines)
    document = structured >= _STRUCTURED * len(lines) or headings >= _HEADINGS
    return Kind.OTHER if document else Kind.PROSE


def is_image(head: bytes, name: str) -> bool:
    """Tell a picture by its first bytes, and a broken one by its name."""
    if picture_kind(head) is not None:
        return True
    # zeros, the rest of something, or an error page under the name of a picture: it is one that no trainer can open
    broken = not head or is_binary(head) or is_page(head)
    return broken and PurePosixPath(name).suffix.lower() in _IMAGE_ENDINGS


def is_lora(name: str) -> bool:
    """Tell a safetensors file by its name: it begins with a number, as anything may."""
    return PurePosixPath(name).suffix.lower() == ".safetensors"


def is_caption(name: str, pictured: set[str]) -> bool:
    """Tell whether a text is the caption of one of the pictures, whose names without ending are `pictured`."""
    return PurePosixPath(name).suffix.lower() in _CAPTION_ENDINGS and stem(name) in pictured


def stem(name: str) -> str:
    """Return `name` without its ending, folders kept."""
    return str(PurePosixPath(name).with_suffix(""))
