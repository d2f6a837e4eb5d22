"""Patterns made loose: they match bytes, at least wherever the exact ones match text, and are found many times faster.

Counts lose their upper bound. What may stand for a character beyond ASCII, or for anything but a few characters, takes
any number of bytes. The exact pattern decides in the end: a loose one may find too much, never too little.
"""

from __future__ import annotations

import re

STRANGE = r"\x0b|\xc5\xbf|\xe2\x84\xaa"
"""Bytes near which a loose pattern might find too little: the vertical tab, which is a blank to some engines only, and
the letters that equal s and k without case."""
_TOKEN = re.compile(
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<many>\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{\w+\}|\w\w)|\\[DWS]|\.|[^\x00-\x7f])"
    r"|(?P<count>(?:\{(?P<least>\d+)(?P<range>,\d*)?\}|[*+?])\??)"
    r"|\\.|.",
    re.DOTALL,
)
_LETTER = r"\pL"
_WIDE = re.compile(r"\\[pPxDWS]")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_ANY = r"[^\n]"


def loose(pattern: str) -> str:
    """Return a pattern over bytes that matches wherever `pattern` (RE2) does."""
    made: list[str] = []
    is_open = False
    for token in _TOKEN.finditer(pattern):
        if token["count"]:
            made.append(_count(token, is_open))
            is_open = False
            continue
        if is_open:
            made.append("+")
        text = token[0]
        is_open = bool(token["many"] or (token["set"] and _takes_many(text)))
        made.append(_bytes(text) if is_open else text)
    return "".join(made) + ("+" if is_open else "")


def _count(token: re.Match[str], is_open: bool) -> str:
    if token["least"] is None:
        sign = token["count"][0]
        return "*" if is_open and sign == "?" else sign
    exact = token["range"] is None and not is_open
    return f"{{{token['least']}}}" if exact else f"{{{token['least']},}}"


def _takes_many(text: str) -> bool:
    """Tell whether a set may take more than one byte for a character."""
    return text.startswith("[^") or not text.isascii() or _WIDE.search(text) is not None


def _bytes(text: str) -> str:
    """Return a set that holds every byte of every character that `text` takes."""
    bare = _BEYOND.sub("", text.replace(_LETTER, "A-Za-z"))
    if text.startswith("[^"):
        return _ANY if _WIDE.search(text) or bare == "[^]" else bare
    if text == "." or _WIDE.search(bare):
        return _ANY
    return f"[{bare.removeprefix('[').removesuffix(']')}\\x80-\\xff]"
