"""The slope of the log level, robust to outliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.loss.blocks import Blocks
from diagnostics.loss.model import Interval


@dataclass(frozen=True, slots=True)
class Slope:
    """Change of the natural logarithm of the level per 1,000 steps, with a 95 % interval."""

    per_1k: float
    interval: Interval


def slope(blocks: Blocks) -> Slope | None:
    """Return the median slope over pairs of equal blocks, with Kendall's interval (Sen 1968); None without a span."""
    n = len(blocks.values)
    if blocks.span <= 0:
        return None
    count = int(np.clip(n // 4, 4, 24))
    edges = np.linspace(0, n, count + 1).astype(np.intp)[:-1]
    sizes = np.diff(np.append(edges, n))
    levels = np.log(np.add.reduceat(blocks.values, edges) / sizes)
    centres = np.add.reduceat(blocks.steps, edges) / sizes
    first, second = np.triu_indices(count, 1)
    slopes = np.sort((levels[second] - levels[first]) / np.maximum(centres[second] - centres[first], 1e-9)) * 1000
    reach = 1.96 * np.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = int(np.clip((len(slopes) - reach) / 2, 0, len(slopes) - 1))
    high = int(np.clip((len(slopes) + reach) / 2, 0, len(slopes) - 1))
    return Slope(float(np.median(slopes)), Interval(float(slopes[low]), float(slopes[high])))
