"""Which refreshes of a huge log are kept: a curve needs no more than some 50,000 points."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

MOST = 50_000
"""Points of a log that are kept evenly."""
_EDGES = 2_000
"""Refreshes beside other lines, and where the loss becomes or ceases to be a number, that are kept besides."""
_LONG = 256
"""Refreshes of a stretch from which its highest and lowest are kept."""


class Thinner:
    """Chooses refreshes, evenly; and keeps the first and last of each stretch and where NaN begins and ends.

    A stretch is what stands between two lines of another kind: an epoch's end, a checkpoint, a restart, an error.
    """

    def __init__(self) -> None:
        self.stride = 1
        self.seen = 0
        """Refreshes that were shown to it."""
        self._edges = _EDGES

    def expect(self, share: float) -> None:
        """Set the stride from what was seen so far, which is `share` (0..1) of the log.

        It changes only where the first guess was off by more than half: points must stay even.
        """
        whole = self.seen / share if share > 0 else 0.0
        if whole > MOST * (1 if self.stride == 1 else 2 * self.stride):
            self.stride = math.ceil(whole / MOST)

    def choose(self, loss: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Of one stretch return which refreshes are kept, and which of these only as the highest or lowest of it."""
        count, seen = len(loss), self.seen
        self.seen += count
        if self.stride == 1:
            return np.arange(count), np.zeros(count, bool)
        even = np.arange(-seen % self.stride, count, self.stride)
        # ai-toolkit prints 0 for a loss that was NaN
        sound = np.isfinite(loss) & (loss != 0)
        others = [0, count - 1]
        if whole := bool(sound.all()):
            rated = loss
        else:
            rated = np.where(sound, loss, np.nan)
            turns = np.flatnonzero(sound[1:] != sound[:-1])
            others += [*turns[:_EDGES].tolist(), *(turns[:_EDGES] + 1).tolist()]
        others = others[: max(self._edges, 0)]
        self._edges -= len(others)
        extremes = []
        if count >= _LONG and (whole or sound.any()):
            extremes = [int(np.nanargmax(rated)), int(np.nanargmin(rated))]
        kept = np.unique(np.concatenate((even, others, extremes)).astype(np.int64))
        extreme = np.zeros(len(kept), bool)
        for each in extremes:
            extreme[np.searchsorted(kept, each)] = (each + seen) % self.stride != 0 and each not in others
        return kept, extreme
