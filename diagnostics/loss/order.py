"""Order statistics without numpy's overhead, which for a few dozen values is ten times the work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnostics.loss.prepare import Floats


def quantiles(values: Floats, shares: Sequence[float]) -> list[float]:
    """Return the quantiles of `values` at `shares` (0..1), linear between values like `numpy.quantile`."""
    last = len(values) - 1
    places = [share * last for share in shares]
    lower = [int(place) for place in places]
    upper = [min(low + 1, last) for low in lower]
    ordered = np.partition(values, sorted({*lower, *upper}))
    found = []
    for place, low, high in zip(places, lower, upper, strict=True):
        below, above = float(ordered[low]), float(ordered[high])
        found.append(below + (place - low) * (above - below))
    return found


def median(values: Floats) -> float:
    """Return the median of `values`, of which there must be one at least."""
    return quantiles(values, (0.5,))[0]
