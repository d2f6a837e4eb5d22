"""Text to text without secrets: stable placeholders, in linear time, the same result when done again."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

from knowledge.patterns import quiet_options
from knowledge.redaction import Redaction, RedactionRule

_DIGITS = 6
"""Of a placeholder: 16 million values, for the handful that one case holds."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """Text with placeholders, and how many values of each kind were replaced."""

    text: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A value that was found in one place and must not be shown in any other."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    pattern: Any
    kinds: tuple[tuple[int, str], ...]
    keep: frozenset[bytes]


class Redactor:
    """Replaces what `redaction` describes; equal values get equal placeholders for the same `key`.

    Without the key nobody can find the value to a placeholder by trying names. Works line by line: no value spans
    lines, and the number of lines stays.
    """

    def __init__(self, redaction: Redaction, key: bytes) -> None:
        self._key = key
        self._early = [_compile(rule) for rule in redaction.rules if not rule.late]
        self._late = [_compile(rule) for rule in redaction.rules if rule.late]
        self._masked = re2.compile(redaction.masked.encode(), quiet_options())

    def redact(self, text: str) -> Redacted:
        """Redact text that is stored or shown."""
        counts: Counter[str] = Counter()
        data = self._run((*self._early, *self._late), text.encode("utf-8", "replace"), counts)
        return Redacted(data.decode("utf-8", "replace"), dict(counts))

    def redact_name(self, path: str) -> Redacted:
        """Redact a file's name, which may be the tail of a path: ``home/jan/log.txt`` names a person too."""
        plain = self.redact(path)
        rooted = self.redact("/" + plain.text)
        return Redacted(rooted.text[1:], dict(Counter(plain.counts) + Counter(rooted.counts)))

    def redact_block(self, block: bytes, counts: Counter[str]) -> bytes:
        """Redact whole lines of UTF-8 before the diagnosis reads them; adds to `counts`."""
        return self._run(self._early, block, counts)

    def learn(self, block: bytes) -> frozenset[Known]:
        """Return the values in whole lines that the diagnosis may see and nobody after it: see `TreeRedactor`."""
        return frozenset(
            Known(kind, match.group(index).decode("utf-8", "replace"))
            for rule in self._late
            for match in rule.pattern.finditer(block)
            for index, kind in rule.kinds
            if match.span(index)[0] >= 0 and match.group(index).lower() not in rule.keep
        )

    def placeholder(self, kind: str, value: bytes) -> bytes:
        """Return what stands for `value`."""
        mark = hmac.new(self._key, kind.encode() + b"\0" + value, hashlib.sha256).hexdigest()[:_DIGITS]
        return f"<{kind}-{mark}>".encode()

    def _run(self, rules: Iterable[_Compiled], data: bytes, counts: Counter[str]) -> bytes:
        for rule in rules:
            data = self._apply(rule, data, counts)
        return data

    def _apply(self, rule: _Compiled, data: bytes, counts: Counter[str]) -> bytes:
        pieces: list[bytes] = []
        done = position = 0
        while (match := rule.pattern.search(data, position)) is not None:
            for index, kind in rule.kinds:
                start, end = match.span(index)
                if start < done or start == end:
                    continue
                value = data[start:end]
                if value.lower() in rule.keep or self._masked.search(value):
                    continue
                pieces += (data[done:start], self.placeholder(kind, value))
                done = end
                counts[kind] += 1
            # what ends one value may begin the next: a delimiter is read again
            last = max(match.end(index) for index, _ in rule.kinds)
            position = max(last, match.start() + 1)
        return b"".join((*pieces, data[done:])) if pieces else data


def _compile(rule: RedactionRule) -> _Compiled:
    pattern = re2.compile(f"(?m:{rule.pattern})".encode(), quiet_options())
    kinds = sorted((index, name.decode().replace("_", "-")) for name, index in pattern.groupindex.items())
    return _Compiled(pattern, tuple(kinds), frozenset(value.lower().encode() for value in rule.keep))
