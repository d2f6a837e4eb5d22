"""Text to text without secrets: stable placeholders, in linear time, the same result when done again."""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import re2

from bot.redact.sieve import Sieve, sieve_for
from knowledge.patterns import quiet_options
from knowledge.redaction import Redaction, RedactionRule

_DIGITS = 6
"""Of a placeholder: 16 million values, for the handful that one case holds."""


_PART = 1 << 13
"""Bytes that are sifted at once: a part without a hit is passed on as it is."""
_SEEN = 256
_ENDS = re.compile(rb"[\r\n]")


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
    several: bool
    seen: dict[tuple[str, bytes], bytes | None] = field(default_factory=dict)
    """What stands for the last values: the same few are in most lines."""


_Rules = tuple[tuple[int, _Compiled], ...]
"""Rules with their numbers in the sieve."""


class Redactor:
    """Replaces what `redaction` describes; equal values get equal placeholders for the same `key`.

    Without the key nobody can find the value to a placeholder by trying names. Every line is redacted by itself, as a
    line feed or a carriage return ends it: no value spans lines, and the number of lines stays.
    """

    def __init__(self, redaction: Redaction, key: bytes, sieves: Callable[[Sequence[str]], Sieve] = sieve_for) -> None:
        self._key = key
        rules = [_compile(rule) for rule in redaction.rules]
        early, late = ([n for n, rule in enumerate(redaction.rules) if rule.late is which] for which in (False, True))
        self._early = tuple((number, rules[number]) for number in early)
        self._late = tuple((number, rules[number]) for number in late)
        self._every = (*self._early, *self._late)
        self._masked = re2.compile(redaction.masked.encode(), quiet_options())
        self._sieve = sieves([rule.pattern for rule in redaction.rules])

    def redact(self, text: str) -> Redacted:
        """Redact text that is stored or shown."""
        counts: Counter[str] = Counter()
        data = self._run(self._every, text.encode("utf-8", "replace"), counts)
        return Redacted(data.decode("utf-8", "replace"), dict(counts))

    def redact_name(self, path: str) -> Redacted:
        """Redact a file's name, which may be the tail of a path: ``home/jan/log.txt`` names a person too."""
        plain = self.redact(path)
        rooted = self.redact("/" + plain.text)
        return Redacted(rooted.text[1:], dict(Counter(plain.counts) + Counter(rooted.counts)))

    def redact_block(self, block: bytes, counts: Counter[str], known: set[Known] | None = None) -> bytes:
        """Redact whole lines of UTF-8 before the diagnosis reads them; adds to `counts`, and to `known` as `learn`."""
        return self._run(self._early, block, counts, known)

    def learn(self, block: bytes) -> frozenset[Known]:
        """Return the values in whole lines that the diagnosis may see and nobody after it: see `TreeRedactor`."""
        known: set[Known] = set()
        self._run((), block, Counter(), known)
        return frozenset(known)

    def placeholder(self, kind: str, value: bytes) -> bytes:
        """Return what stands for `value`."""
        mark = hmac.digest(self._key, kind.encode() + b"\0" + value, "sha256").hex()[:_DIGITS]
        return f"<{kind}-{mark}>".encode()

    def _run(self, rules: _Rules, block: bytes, counts: Counter[str], known: set[Known] | None = None) -> bytes:
        fed = block.replace(b"\r", b"\n")
        pieces: list[bytes] = []
        done = 0
        for start, end in _parts(fed):
            data = fed[start:end]
            found = self._sieve.found(data)
            if not found:
                continue
            if known is not None:
                known.update(self._late_values(data, found))
            redacted = self._apply_all(rules, data, found, counts)
            if redacted is not data:
                pieces += (block[done:start], _with_returns(redacted, block[start:end]))
                done = end
        return b"".join((*pieces, block[done:])) if pieces else block

    def _late_values(self, data: bytes, found: Collection[int]) -> Iterator[Known]:
        for number, rule in self._late:
            for match in rule.pattern.finditer(data) if number in found else ():
                for index, kind in rule.kinds:
                    if match.span(index)[0] >= 0 and match.group(index).lower() not in rule.keep:
                        yield Known(kind, match.group(index).decode("utf-8", "replace"))

    def _apply_all(self, rules: _Rules, data: bytes, found: Collection[int], counts: Counter[str]) -> bytes:
        for number, rule in rules:
            again = number in found
            while again:
                before, data = data, self._apply(rule, data, counts)
                if data is not before:
                    # a placeholder ends words: what a later rule looks for may stand beside it now
                    found = self._sieve.found(data)
                again = rule.several and data is not before
        return data

    def _apply(self, rule: _Compiled, data: bytes, counts: Counter[str]) -> bytes:
        pieces: list[bytes] = []
        done = position = 0
        while (match := rule.pattern.search(data, position)) is not None:
            last = 0
            for index, kind in rule.kinds:
                start, end = match.span(index)
                if start == end:
                    continue
                last = max(last, end)
                stands = self._stands_for(rule, kind, data[start:end]) if start >= done else None
                if stands is not None:
                    pieces += (data[done:start], stands)
                    done = end
                    counts[kind] += 1
            # what ends one value may begin the next: a delimiter is read again
            position = last or match.start() + 1
        return b"".join((*pieces, data[done:])) if pieces else data

    def _stands_for(self, rule: _Compiled, kind: str, value: bytes) -> bytes | None:
        """Return the placeholder for a value, None where it names nobody or is masked already."""
        key = (kind, value)
        with suppress(KeyError):
            return rule.seen[key]
        named = value.lower() in rule.keep or self._masked.search(value) is not None
        stands = None if named else self.placeholder(kind, value)
        if len(rule.seen) >= _SEEN:
            rule.seen.clear()
        rule.seen[key] = stands
        return stands


def _parts(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where whole lines of some `_PART` bytes begin and end."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PART) + 1 or len(data)
        yield start, end
        start = end


def _with_returns(data: bytes, original: bytes) -> bytes:
    """Return `data` with the carriage returns of `original`, which has as many lines."""
    if b"\r" not in original:
        return data
    ends = _ENDS.findall(original)
    lines = data.split(b"\n")
    return b"".join(part for pair in zip(lines, (*ends, b""), strict=True) for part in pair)


def _compile(rule: RedactionRule) -> _Compiled:
    options = quiet_options()
    # whatever else a pattern says, it stays within its line: lines can be taken together or alone
    options.never_nl = True
    pattern = re2.compile(f"(?m:{rule.pattern})".encode(), options)
    kinds = sorted((index, name.decode().replace("_", "-")) for name, index in pattern.groupindex.items())
    return _Compiled(pattern, tuple(kinds), frozenset(value.lower().encode() for value in rule.keep), rule.several)
