"""The level of a noisy curve over about thirty blocks, each with an honest standard error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diagnostics.loss.order import quantiles
from diagnostics.loss.prepare import Curve, Floats
from diagnostics.loss.smoothing import smoothing_length

MOST_POINTS = 2600
"""Longer logs are worked on as means of groups of equal size, about 1,800 of them."""
GROUPS = 1800
CROWDING = 1.45
"""Block edges lie at n * (k/K)**CROWDING: short blocks at the start, where a curve moves most."""
LEAST_NOISE = 1e-4


@dataclass(frozen=True)
class Blocks:
    """A curve, thinned to independent values, and cut into blocks."""

    steps: Floats
    """Steps of the independent values (means of groups where the log is long)."""
    values: Floats
    edges: NDArray[np.intp]
    counts: Floats
    """Values in each block."""
    centres: Floats
    """Mean step of each block."""
    levels: Floats
    """Natural logarithm of the mean of each block."""
    errors: Floats
    """Standard error of each level, smoothing accounted for."""
    noise: float
    """Coefficient of variation of a single value around the level (timestep noise)."""
    smoothing: int
    """Logged values over which the log was smoothed; 1 for raw."""
    inflation: float
    """Factor >= 1 on standard errors for smoothing that thinning could not remove."""
    independent: Floats
    """The independent values before grouping."""
    group: int
    """Independent values a group; 1 where nothing was grouped."""

    @property
    def span(self) -> float:
        """Steps from the first value to the last."""
        return float(self.steps[-1] - self.steps[0])

    @property
    def effective(self) -> float:
        """Number of independent values."""
        return len(self.independent) / self.inflation**2

    def rescaled(self, loss: float, first: float, steps: float) -> Blocks:
        """Return the blocks in the log's own units: `loss` times as high, `steps` a unit from step `first` on."""
        return replace(
            self,
            steps=first + steps * self.steps,
            values=loss * self.values,
            centres=first + steps * self.centres,
            levels=np.log(loss) + self.levels,
            independent=loss * self.independent,
        )


def cut(curve: Curve) -> Blocks:
    """Thin a smoothed log to one value a smoothing length, and cut the curve into blocks.

    The noise is the von Neumann estimate from successive differences, which the trend hardly touches
    (von Neumann 1941, Distribution of the ratio of the mean square successive difference to the variance).
    """
    steps, values = curve.steps, curve.loss
    length = smoothing_length(np.log(values[:8192]))
    inflation = 1.0
    if length > 1:
        stride = max(1, min(length, len(values) // 12))
        inflation = float(np.sqrt(length / stride))
        offset = (len(values) - 1) % stride
        if offset < min(length, len(values) // 10) // 2:
            offset += stride  # a moving average that has not filled yet is noisier than the rest
        steps, values = steps[offset::stride], values[offset::stride]
    independent, group = values, 1
    if len(values) > MOST_POINTS:
        group = len(values) // GROUPS
        offset = len(values) % group
        values = values[offset:].reshape(-1, group).mean(axis=1)
        steps = steps[offset:].reshape(-1, group).mean(axis=1)
    n = len(values)
    edges = _edges(n)
    counts = np.diff(edges).astype(np.float64)
    means = np.add.reduceat(values, edges[:-1]) / counts
    centres = np.add.reduceat(steps, edges[:-1]) / counts
    levels = np.log(means)
    noise = _noise(values, np.exp(np.interp(steps, centres, smoothed(levels))))
    return Blocks(
        steps=steps,
        values=values,
        edges=edges,
        counts=counts,
        centres=centres,
        levels=levels,
        errors=inflation * noise / np.sqrt(counts),
        noise=noise,
        smoothing=length,
        inflation=inflation,
        independent=independent,
        group=group,
    )


def smoothed(levels: Floats) -> Floats:
    """Return the levels averaged with their neighbours (1/4, 1/2, 1/4)."""
    padded = np.concatenate([levels[:1], levels, levels[-1:]])
    return 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]


def _edges(n: int) -> NDArray[np.intp]:
    blocks = int(np.clip(n // 6, 6, 36))
    least = 1 if n < 48 else int(np.clip(n // 60, 2, 8))
    wanted = np.round(n * (np.arange(1, blocks + 1) / blocks) ** CROWDING).astype(np.intp)
    edges = [0]
    for edge in wanted:
        if edge - edges[-1] >= least:
            edges.append(int(edge))
    if edges[-1] != n:
        if len(edges) > 1:
            edges[-1] = n
        else:
            edges.append(n)
    return np.array(edges, dtype=np.intp)


def _noise(values: Floats, level: Floats) -> float:
    differences = np.abs(np.diff(values / level))
    if len(values) > 200:
        differences = np.minimum(differences, quantiles(differences, (0.995,))[0])
    return max(LEAST_NOISE, float(np.sqrt(np.mean(differences**2) / 2)))
