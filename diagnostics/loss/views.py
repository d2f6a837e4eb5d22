"""Other views of the same run, so that a verdict does not hang on a few values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diagnostics.loss.blocks import Blocks, smoothed
from diagnostics.loss.order import quantiles
from diagnostics.loss.prepare import Curve

FEWEST = 60
"""Shorter curves have no values to spare."""
LONGEST = 4000
"""A noisier view keeps at most about this many values."""
EVERY = 3
"""One view is every third value, as somebody might have logged it."""
CUT = 0.9
"""Share of the run that the shortened view keeps."""
MANY = 40_000
"""Of a log twice as long and more the shortened view takes about so many values, for the sake of time."""
NOISIER = 2
HIGHEST = 0.98
"""Quantile of the run's noise above which it is not drawn again: spikes belong where they are."""


def views(curve: Curve, blocks: Blocks) -> list[Curve]:
    """Return the curve thinned, without its end, and with its own noise once more; nothing for short curves.

    What such copies disagree on is chance, so their mean steadies an unstable classifier (bagging, Breiman 1996; the
    noisier copies are a residual bootstrap, Efron & Tibshirani 1993, ch. 9). The draws are the same for every call.
    """
    n = len(curve.loss)
    if n < FEWEST:
        return []
    short = _taken(curve, slice(None, None, max(1, -(-n // LONGEST))))
    return [
        _taken(curve, slice(None, None, EVERY)),
        _taken(curve, slice(0, int(CUT * n), max(1, n // MANY))),
        *(noisier(short, blocks, seed) for seed in range(NOISIER)),
    ]


def noisier(curve: Curve, blocks: Blocks, seed: int) -> Curve:
    """Return the curve times its own noise once more, drawn from what its blocks leave unexplained."""
    noise = blocks.values / np.exp(np.interp(blocks.steps, blocks.centres, smoothed(blocks.levels)))
    noise = np.clip(noise, None, quantiles(noise, (HIGHEST,))[0])
    again = np.random.default_rng(seed).choice(noise, len(curve.loss))
    return replace(curve, loss=curve.loss * (again / again.mean()))


def _taken(curve: Curve, kept: slice) -> Curve:
    return replace(curve, steps=curve.steps[kept], loss=curve.loss[kept])
