"""Which segments of a block may matter: every pattern that is looked for, in one linear pass over the bytes.

Hyperscan where there is a wheel for the machine, else RE2 segment by segment: slower, with the same answer. The
answer may name a segment too many, never one too few; whoever reads the segment decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.log.blocks import PAD, Block
from knowledge.patterns import PatternSet

if TYPE_CHECKING:
    import hyperscan

Hits = NDArray[np.int64]
"""Rows of (segment, pattern), ordered by segment."""

_FLOOD = 20_000
"""Matches in one block from which every pattern is taken once a part of it."""
_PART = 1 << 14


class Sieve(Protocol):
    """Finds patterns in the segments of a block."""

    def hits(self, block: Block) -> Hits:
        """Return (segment, pattern) for each pattern that may be in each segment."""


def sieve_for(patterns: Sequence[str]) -> Sieve:
    """Return the fastest sieve that works here. A pattern matches anywhere: what binds it to the start is taken off."""
    try:
        return FastSieve(patterns)
    except ImportError:
        return PortableSieve(patterns)


def unanchored(pattern: str) -> str:
    """Return `pattern` without ``^``: what a launcher writes before a line must not hide it."""
    kept: list[str] = []
    inside = escaped = False
    for character in pattern:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "[":
            inside = True
        elif character == "]":
            inside = False
        elif character == "^" and not inside:
            continue
        kept.append(character)
    return "".join(kept)


class PortableSieve:
    """RE2 on each segment."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = PatternSet(unanchored(pattern) for pattern in patterns)

    def hits(self, block: Block) -> Hits:
        """Return (segment, pattern) for each pattern in each segment."""
        found = [
            (segment, number)
            for segment in range(len(block.starts))
            for number in self._patterns.match(block.text(segment))
        ]
        return np.array(found, np.int64).reshape(-1, 2)


class FastSieve:
    """Hyperscan on the block as a whole. Raises `ImportError` where it is not installed."""

    def __init__(self, patterns: Sequence[str]) -> None:
        import hyperscan

        self._terminated = hyperscan.ScanTerminated
        self._patterns = [unanchored(pattern).encode() for pattern in patterns]
        self._database = compiled(self._patterns, once=False)
        self._once: hyperscan.Database | None = None
        self._flooded = False
        self._lock = Lock()

    def hits(self, block: Block) -> Hits:
        """Return (segment, pattern) for each pattern in each segment; of a flood, once each 16 KB."""
        # its types ask for text or bytes; any buffer is taken, without a copy
        data: Any = memoryview(block.data.data)
        with self._lock:
            found = self._flood(data) if self._flooded else self._scan(data)
            if found is None:
                found = self._flood(data)
            self._flooded = len(found) > _FLOOD // 8 and self._flooded
        if not found:
            return np.empty((0, 2), np.int64)
        packed = np.array(found, np.int64)
        pattern, last = packed >> 32, (packed & 0xFFFFFFFF) - 1
        segment = np.searchsorted(block.ends, last, side="right")
        pairs = np.unique(np.concatenate([(segment << 16) | pattern, *_overlapping(block, segment, pattern, last)]))
        pairs = pairs[pairs >> 16 < len(block.ends)]
        return np.stack((pairs >> 16, pairs & 0xFFFF), axis=1)

    def _scan(self, data: Any) -> list[int] | None:
        """Return all matches as pattern << 32 | end; None where there are too many."""
        found: list[int] = []
        append = found.append

        def take(number: int, _start: int, end: int, *_: object) -> bool | None:
            append(number << 32 | end)
            return True if len(found) > _FLOOD else None

        try:
            self._database.scan(data, match_event_handler=take)
        except self._terminated:
            self._flooded = True
            return None
        return found

    def _flood(self, data: Any) -> list[int]:
        """Return the first match of each pattern in each part."""
        once = self._once = self._once or compiled(self._patterns, once=True)
        found: list[int] = []
        append = found.append
        for start in range(PAD, len(data), _PART):
            lead = start - PAD

            def take(number: int, _start: int, end: int, *_: object, lead: int = lead) -> None:
                append(number << 32 | end + lead)

            once.scan(data[lead : start + _PART], match_event_handler=take)
        return found


def _overlapping(
    block: Block, segment: NDArray[np.int64], pattern: NDArray[np.int64], last: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """The window after the one a match ends in, where that window holds the match too."""
    after = np.minimum(segment + 1, len(block.starts) - 1)
    shared = (block.starts[after] <= last) & (after > segment)
    return [(after[shared] << 16) | pattern[shared]]
