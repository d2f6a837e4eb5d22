"""Bytes to text, however the file was saved."""

from __future__ import annotations

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "cp1252"
_BINARY_SHARE = 0.1
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\x0c\x1b\x08"))
_NULS = 0.4
"""Share of NULs among the high bytes of UTF-16: Latin text has all of them, Japanese log lines about half."""


def encoding_of(head: bytes) -> str:
    """Return the encoding that `head` (the first bytes of a file) is written in.

    UTF-16 without a byte order mark is told by its NULs: PowerShell's ``>`` writes it, editors cut the mark off.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    for high, low, name in ((head[1::2], head[0::2], "utf-16-le"), (head[0::2], head[1::2], "utf-16-be")):
        if len(head) >= 4 and high.count(0) > _NULS * len(high) and _controls(low) <= _BINARY_SHARE * len(low):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        # A few broken bytes in a UTF-8 log are a cut or a glitch; many are another code page.
        multibyte = sum(byte >= 0x80 for byte in head[: error.start])
        return "utf-8" if multibyte else _FALLBACK
    return "utf-8"


def encoding_inside(head: bytes) -> str:
    """Return the encoding of a file that begins with `head` as it is written in the middle, without a mark."""
    encoding = encoding_of(head)
    if encoding in ("utf-16", "utf-32"):
        return encoding + ("-le" if head[:1] == b"\xff" else "-be")
    return "utf-8" if encoding == "utf-8-sig" else encoding


def decode(data: bytes) -> str:
    """Return `data` as text; bytes that make no sense become U+FFFD, NULs are dropped, line ends stay as they are."""
    return data.decode(encoding_of(data[:65536]), errors="replace").replace("\0", "")


def is_binary(head: bytes) -> bool:
    """Tell whether `head` is no text in any encoding that `decode` knows."""
    if encoding_of(head).startswith(("utf-16", "utf-32")):
        return False
    return _controls(head) > _BINARY_SHARE * max(len(head), 1)


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))
