"""Which rules may find something in a stretch of text: all of them asked at once, in one linear pass.

Hyperscan where there is a wheel for the machine, else RE2. The answer may name a rule too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from threading import Lock
from typing import Any, Protocol

import re2

from bot.redact.loose import STRANGE, loose
from diagnostics.compiled import compiled
from knowledge.patterns import quiet_options


class Sieve(Protocol):
    """Finds patterns in bytes whose lines are divided by line feeds."""

    def found(self, data: bytes) -> Collection[int]:
        """Return the numbers of the patterns that may match somewhere in `data`."""


def sieve_for(patterns: Sequence[str]) -> Sieve:
    """Return the fastest sieve that takes these patterns (RE2, in multi-line mode)."""
    try:
        return FastSieve(patterns)
    except (ImportError, ValueError):
        return PortableSieve(patterns)


class PortableSieve:
    """RE2: one pass where nothing is found, one for each pattern where something is."""

    def __init__(self, patterns: Sequence[str]) -> None:
        options = quiet_options()
        options.encoding = re2.Options.Encoding.LATIN1
        each = [f"(?m:{loose(pattern)})" for pattern in patterns]
        self._all = range(len(patterns))
        self._any = re2.compile("|".join((STRANGE, *each)).encode(), options)
        self._strange = re2.compile(STRANGE.encode(), options)
        self._each = [re2.compile(pattern.encode(), options) for pattern in each]

    def found(self, data: bytes) -> Collection[int]:
        """Return the numbers of the patterns that may match somewhere in `data`."""
        if self._any.search(data) is None:
            return ()
        if self._strange.search(data) is not None:
            return self._all
        return {number for number, pattern in enumerate(self._each) if pattern.search(data) is not None}


class FastSieve:
    """Hyperscan. Raises `ImportError` where it is not installed, `ValueError` where it cannot take a pattern."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._all = range(len(patterns))
        self._database = compiled([*(loose(pattern).encode() for pattern in patterns), STRANGE.encode()], once=True)
        self._lock = Lock()

    def found(self, data: bytes) -> Collection[int]:
        """Return the numbers of the patterns that may match somewhere in `data`."""
        numbers: set[int] = set()

        def take(number: int, *_: Any) -> None:
            numbers.add(number)

        # its working memory serves one scan at a time; whoever comes in between asks every rule instead of waiting, for
        # it may be this very thread, logging while it collects garbage
        if not self._lock.acquire(blocking=False):
            return self._all
        try:
            self._database.scan(data, match_event_handler=take)
        finally:
            self._lock.release()
        return self._all if len(self._all) in numbers else numbers
