"""Marks of errors: equal for the same error of other people, whatever their paths, numbers, versions and language.

A mark rests on the exception's own name, the innermost frames of the trainer, and the message with its variable parts
taken out. Every pattern is bounded, and sees at most `_LONGEST` characters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import groupby

from diagnostics.log.model import Frame, Traceback

_LONGEST = 2000
_LENGTH = 300
_FRAMES = 2
"""Innermost frames that count: how the trainer was started shows in the outer ones."""
_ENTRY = "<module>"
_LIBRARIES = re.compile(
    r"(?:site|dist)-packages/|/lib(?:64)?/python|<frozen|<string>|(?i:/python[\d.]{0,8}/lib/|/envs/[^/]{1,80}/lib/)"
)
_CODE = re.compile(r"\[(Errno|WinError) -?(\d{1,8})\]")
"""The number of an operating system's error; the words around it are in the language of the system."""
_CODEC = re.compile(r"^'?[\w-]{2,20}'? codec can't (?:en|de)code")
_QUOTED = re.compile(
    r"\"([^\"\r\n]{1,300})\"|'([^'\r\n]{1,300})'|`([^`\r\n]{1,300})`"
    "|[\u00ab\u201e\u201c\u2018\u300c]([^\r\n\u00bb\u201d\u2019\u300d]{1,300})[\u00bb\u201c\u201d\u2019\u300d]"
)
_NAME = re.compile(r"[A-Za-z_][\w.\[\]]{0,80}", re.ASCII)
_FILE_NAME = (
    r"[\w@~+-][\w.@~+-]{0,120}\.(?:png|jpe?g|webp|bmp|txt|caption|safetensors|ckpt|pth?|bin|json|jsonl|ya?ml|toml|npz|py"
    r"|dll|so|db|zip)\b"
)
_VARIABLE = (
    (re.compile(r"https?://[^\s'\"]{1,400}"), "<path>"),
    (re.compile(r"<[a-z-]{1,20}-[0-9a-f]{6}>"), "x"),  # a redacted value stands where a name or a path did
    (
        re.compile(r"(?:\b[A-Za-z]:)?[\w.@~+-]{0,120}(?:[\\/]{1,2}(?:[\w.@~+-]|\([\w.-]{1,20}\)){1,120}){1,40}[\\/]?"),
        "<path>",
    ),
    (re.compile(_FILE_NAME), "<path>"),
    (re.compile(r"<path>(?: (?:<path>|\d{1,9}))+"), "<path>"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b|\b(?=[a-f]{0,40}\d)[0-9a-f]{12,64}\b"), "<n>"),
    (re.compile(r"(?<![\w.])v?\d[\w.]{0,20}(?:\+[\w.]{1,20})?(?:\.dev\d{0,8}|rc\d{1,3}|\+\w{2,10})\b"), "<n>"),
    (re.compile(r"(?:(?<![A-Za-z_])v)?-?\d{1,30}(?:[.,]\d{1,30}){0,4}(?:e[+-]?\d{1,4})?"), "<n>"),
    (re.compile(r"<n>(?: ?(?:[,x*:-]|[KMGT]i?B\b) ?<n>)+"), "<n>"),
    (re.compile(r"<n> ?(?:bytes|[KMGT]i?B)\b"), "<n> B"),
    (re.compile(r"\s+"), " "),
)


def fingerprint(exception: str, message: str, traceback: Traceback | None) -> str:
    """Return 12 hex digits that stay equal when paths, numbers, addresses, versions and library frames change."""
    frames = own_frames(traceback.frames) if traceback else []
    inside = [_called(frame) for frame in frames if frame.function != _ENTRY]
    called = [each for each, _ in groupby(inside)][-_FRAMES:]
    essence = "\n".join([exception.rsplit(".", 1)[-1], template(message), *called])
    return hashlib.sha256(essence.encode("utf-8", "replace")).hexdigest()[:12]


def template(message: str) -> str:
    """Return a message without its variable parts.

    Of an error that the operating system numbers only the number is left: its words are translated.
    """
    message = message[:_LONGEST]
    if code := _CODE.search(message):
        return f"{code[1]} {code[2]}"
    if _CODEC.match(message):
        return "<codec>"
    message = _QUOTED.sub(_unquoted, message)
    for pattern, name in _VARIABLE:
        message = pattern.sub(name, message)
    return message.strip()[:_LENGTH]


def own_frames(frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames that lie in the trainer, and not in Python or in a package."""
    return [frame for frame in frames if not _LIBRARIES.search(frame.file.replace("\\", "/"))]


def _unquoted(match: re.Match[str]) -> str:
    inside = next(group for group in match.groups() if group is not None)
    # the name of a setting or a module tells errors apart; what a person called a file does not
    known = _NAME.fullmatch(inside) and not re.fullmatch(_FILE_NAME, inside)
    return f"'{inside}'" if known else "<text>"


def _called(frame: Frame) -> str:
    stem = frame.file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    return f"{stem}.{frame.function}"
