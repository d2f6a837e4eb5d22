"""Other views of the same run, so that a verdict does not hang on a few values."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.loss.prepare import Curve

FEWEST = 60
"""Shorter curves have no values to spare."""
LONGEST = 4000
"""A view keeps at most about this many values."""
CUT = 0.97
"""Share of the run that the shortened view keeps."""


def views(curve: Curve) -> list[Curve]:
    """Return the curve thinned in two interleaved ways, and without its last values; nothing for short curves.

    Each must give the same verdict as the whole: what differs between them is chance. Averaging over resampled data
    steadies an unstable classifier (bagging, Breiman 1996).
    """
    n = len(curve.loss)
    if n < FEWEST:
        return []
    every = max(2, -(-n // LONGEST))
    end = int(CUT * n)
    whole = max(1, -(-end // LONGEST))
    return [
        _taken(curve, slice(0, None, every)),
        _taken(curve, slice(every // 2, None, every)),
        _taken(curve, slice(0, end, whole)),
    ]


def _taken(curve: Curve, kept: slice) -> Curve:
    return replace(curve, steps=curve.steps[kept], loss=curve.loss[kept])
