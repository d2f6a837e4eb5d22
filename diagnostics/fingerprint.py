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
from knowledge.fingerprints import FingerprintRules

_LONGEST = 2000
_LENGTH = 300
_FRAMES = 2
"""Innermost frames that count: how the trainer was started shows in the outer ones."""
_ENTRY = "<module>"


class Fingerprints:
    """Makes marks by what `rules` say varies."""

    def __init__(self, rules: FingerprintRules) -> None:
        self._libraries = re.compile(rules.libraries)
        self._system_code = re.compile(rules.system_code)
        self._codec = re.compile(rules.codec)
        self._quoted = re.compile(rules.quoted)
        self._name = re.compile(rules.name, re.ASCII)
        self._file_name = re.compile(rules.file_name)
        self._variable = tuple((re.compile(each.pattern), each.stands) for each in rules.variable)

    def mark(self, exception: str, message: str, traceback: Traceback | None) -> str:
        """Return 12 hex digits that stay equal when paths, numbers, addresses, versions and library frames change."""
        frames = self.own_frames(traceback.frames) if traceback else []
        inside = [_called(frame) for frame in frames if frame.function != _ENTRY]
        called = [each for each, _ in groupby(inside)][-_FRAMES:]
        essence = "\n".join([exception.rsplit(".", 1)[-1], self.template(message), *called])
        return hashlib.sha256(essence.encode("utf-8", "replace")).hexdigest()[:12]

    def template(self, message: str) -> str:
        """Return a message without its variable parts.

        Of an error that the operating system numbers only the number is left: its words are translated.
        """
        message = message[:_LONGEST]
        if code := self._system_code.search(message):
            return f"{code[1]} {code[2]}"
        if self._codec.match(message):
            return "<codec>"
        message = self._quoted.sub(self._unquoted, message)
        for pattern, stands in self._variable:
            message = pattern.sub(stands, message)
        return message.strip()[:_LENGTH]

    def own_frames(self, frames: Sequence[Frame]) -> list[Frame]:
        """Return the frames that lie in the trainer, and not in Python or in a package."""
        return [frame for frame in frames if not self._libraries.search(frame.file.replace("\\", "/"))]

    def _unquoted(self, match: re.Match[str]) -> str:
        inside = next(group for group in match.groups() if group is not None)
        known = self._name.fullmatch(inside) and not self._file_name.fullmatch(inside)
        return f"'{inside}'" if known else "<text>"


def _called(frame: Frame) -> str:
    stem = frame.file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    return f"{stem}.{frame.function}"
