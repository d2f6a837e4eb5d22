"""Which segments of a block may matter: every pattern that is looked for, in one linear pass over the bytes.

Hyperscan where there is a wheel for the machine, else RE2 segment by segment: slower, with the same answer. The
answer may name a segment too many, never one too few; whoever reads the segment decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
"""Matches in one log of which every one is taken."""
_LEAST = 2_000
"""Matches in one block that are taken of any log."""
_PART = 1 << 14


@dataclass(slots=True)
class Flood:
    """How many matches there were in the blocks of one log: once it is very many, fewer are taken of each."""

    left: int = _FLOOD
    stays: bool = False

    def most(self) -> int | None:
        """Return how many matches of the next block may be taken, None where it is known to have too many."""
        return None if self.stays else max(self.left, _LEAST)


class Sieve(Protocol):
    """Finds patterns in the segments of a block."""

    def hits(self, block: Block, flood: Flood, /) -> Hits:
        """Return (segment, pattern) for each pattern that may be in each segment.

        `flood` is one and the same for all blocks of a log. Of a block with too many matches, it is the first of each
        pattern in each part of 16 KB.
        """


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

    def hits(self, block: Block, _: Flood, /) -> Hits:
        """Return (segment, pattern) for each pattern in each segment, however many there are."""
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
        self._lock = Lock()

    def hits(self, block: Block, flood: Flood, /) -> Hits:
        """Return (segment, pattern) for each pattern in each segment; of a flood, once each 16 KB."""
        # its types ask for text or bytes; any buffer is taken, without a copy
        data: Any = memoryview(block.data.data)
        with self._lock:
            most = flood.most()
            found = None if most is None else self._scan(data, most)
            if found is None:
                found = self._flood(data, flood)
        flood.left -= len(found)
        if not found:
            return np.empty((0, 2), np.int64)
        packed = np.array(found, np.int64)
        pattern, last = packed >> 32, (packed & 0xFFFFFFFF) - 1
        segment = np.searchsorted(block.ends, last, side="right")
        pairs = np.unique(np.concatenate([(segment << 16) | pattern, *_overlapping(block, segment, pattern, last)]))
        pairs = pairs[pairs >> 16 < len(block.ends)]
        return np.stack((pairs >> 16, pairs & 0xFFFF), axis=1)

    def _scan(self, data: Any, most: int) -> list[int] | None:
        """Return all matches as pattern << 32 | end; None where there are more than `most`."""
        found: list[int] = []
        append = found.append

        def take(number: int, _start: int, end: int, *_: object) -> bool | None:
            append(number << 32 | end)
            return True if len(found) > most else None

        try:
            self._database.scan(data, match_event_handler=take)
        except self._terminated:
            return None
        return found

    def _flood(self, data: Any, flood: Flood) -> list[int]:
        """Return the first match of each pattern in each part."""
        once = self._once = self._once or compiled(self._patterns, once=True)
        found: list[int] = []
        append = found.append
        for start in range(PAD, len(data), _PART):
            lead = start - PAD

            def take(number: int, _start: int, end: int, *_: object, lead: int = lead) -> None:
                append(number << 32 | end + lead)

            once.scan(data[lead : start + _PART], match_event_handler=take)
        # what stands in most parts of this block will flood the next one too
        counts = Counter(each >> 32 for each in found)
        flood.stays = max(counts.values(), default=0) * 2 * _PART > len(data)
        return found


def _overlapping(
    block: Block, segment: NDArray[np.int64], pattern: NDArray[np.int64], last: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """The window after the one a match ends in, where that window holds the match too."""
    after = np.minimum(segment + 1, len(block.starts) - 1)
    shared = (block.starts[after] <= last) & (after > segment)
    return [(after[shared] << 16) | pattern[shared]]
