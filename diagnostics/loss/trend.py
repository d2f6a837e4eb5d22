"""Trends through block levels: a falling staircase, and an exponential start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.loss.blocks import Blocks
from diagnostics.loss.order import median
from diagnostics.loss.prepare import Floats

TIMES = np.geomspace(0.003, 1.5, 11)
"""Decay times tried, as shares of the curve."""
MARGIN = 5.0
"""The exponential must beat a flat line by this much of the Bayesian information criterion."""
SLOPED_BELOW, SLOPED_FROM = 0.4, 12
"""Quick decays get a linear slope besides, where there are so many blocks."""
WIDEST = 0.25
"""Largest relative standard error at which the extrapolated start is used."""
HUBER = 2.5
"""Residuals beyond this many standard errors lose weight (Huber 1964)."""


@dataclass(frozen=True)
class Start:
    """The level at the first step under ``a + b exp(-t / time)``: weights on block means, and the time in steps."""

    weights: Floats
    time: float


@dataclass(frozen=True, slots=True)
class Bend:
    """How much better ``a + b exp(-t / time) [+ c t]`` fits than a flat line, whether or not that proves a fall."""

    gain: float
    """Square root of the misfit that it saves, in standard errors; 0 where it was not fitted."""
    height: float
    """b over the level of the flat line."""
    share: float
    """time over the span of the curve."""
    slope_gain: float
    """The same as `gain` for a straight line, negative where it rises."""


NO_BEND = Bend(0.0, 0.0, 1.0, 0.0)


def falling(levels: Floats, weights: Floats) -> Floats:
    """Return the weighted least-squares fit that never rises (pool adjacent violators; Barlow et al. 1972)."""
    values: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, mass in zip(levels.tolist(), weights.tolist(), strict=True):
        values.append(value)
        masses.append(mass)
        sizes.append(1)
        while len(values) > 1 and values[-1] > values[-2]:
            total = masses[-1] + masses[-2]
            values[-2] = (values[-1] * masses[-1] + values[-2] * masses[-2]) / total
            masses[-2] = total
            sizes[-2] += sizes[-1]
            values.pop()
            masses.pop()
            sizes.pop()
    return np.repeat(np.array(values), sizes)


def robust_falling(blocks: Blocks) -> Floats:
    """Return the falling trend of the log level, upward excursions losing weight."""
    weights = 1 / blocks.errors**2
    trend = falling(blocks.levels, weights)
    floor = median(blocks.errors)
    for _ in range(3):
        rest = blocks.levels - trend
        scale = 1.4826 * median(np.abs(rest)) + floor
        trend = falling(blocks.levels, weights / (1 + (np.maximum(rest, 0) / (HUBER * scale)) ** 2))
    return trend


def exponential_start(blocks: Blocks) -> tuple[Start | None, Bend]:
    """Fit ``a + b exp(-t / time) [+ c t]`` to the block means; no start where a flat line explains them as well.

    Chosen over a grid of times by the Bayesian information criterion (Schwarz 1978); the best is refitted with Huber's
    weights.
    """
    count = len(blocks.counts)
    if count < 6 or blocks.span <= 0:
        return None, NO_BEND
    means = np.exp(blocks.levels)
    errors = blocks.errors * means
    precision = 1 / np.maximum(errors, 1e-300)
    weights = precision**2
    flat = float(weights @ means / weights.sum())
    flat_misfit = float(weights @ (means - flat) ** 2)
    edges = blocks.edges / blocks.edges[-1]
    # mean of the exponential over each block, not its value at the block's middle
    decay = np.exp(-edges[:, None] / TIMES)
    shapes = TIMES * (decay[:-1] - decay[1:]) / np.diff(edges)[:, None]
    position = (blocks.centres - blocks.steps[0]) / blocks.span
    sloped = (TIMES < SLOPED_BELOW) & (count >= SLOPED_FROM)
    designs = np.stack([np.ones_like(shapes), shapes, position[:, None] * sloped], axis=-1).transpose(1, 0, 2)
    penalty = (2 + sloped + 1) * np.log(count)
    try:
        misfits, _, _, lighter = _fits(designs, means, precision, np.ones((len(TIMES), count)))
        best = int((misfits + penalty).argmin())
        misfit, hats, found, _ = _fits(designs[[best]], means, precision, lighter[[best]])
    except np.linalg.LinAlgError:
        return None, NO_BEND
    bend = Bend(
        gain=float(np.sqrt(max(0.0, flat_misfit - float(misfit[0])))),
        height=float(found[0, 1]) / max(flat, 1e-300),
        share=float(TIMES[best]),
        slope_gain=_slope_gain(position, means - flat, weights),
    )
    start = hats[0, 0] + hats[0, 1]
    level = float(start @ means)
    error = float(np.sqrt(start**2 @ errors**2))
    worse = float(misfit[0] + penalty[best]) > flat_misfit + np.log(count) - MARGIN
    if worse or found[0, 1] <= 0 or level <= 0 or error > WIDEST * level:
        return None, bend
    return Start(start, float(TIMES[best] * blocks.span)), bend


def _slope_gain(position: Floats, rest: Floats, weights: Floats) -> float:
    """Slope of `rest` over its standard error, falling positive (weighted least squares)."""
    centred = position - float(weights @ position / weights.sum())
    spread = float(weights @ centred**2)
    return -float(weights @ (centred * rest)) / float(np.sqrt(spread)) if spread > 0 else 0.0


def _fits(designs: Floats, means: Floats, precision: Floats, robust: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fit weighted least squares with several designs [fits, blocks, columns] at once.

    Returns misfits [fits], hat matrices [fits, columns, blocks], coefficients [fits, columns] and Huber's weights
    [fits, blocks]. A column of zeros gets the coefficient zero. Raises `LinAlgError` for designs that are singular.
    """
    scale = precision * np.sqrt(robust)
    scaled = designs * scale[..., None]
    turned = scaled.transpose(0, 2, 1)
    normal = turned @ scaled
    columns = np.arange(designs.shape[-1])
    diagonal = normal[:, columns, columns]
    normal[:, columns, columns] = np.where(diagonal > 0, diagonal * (1 + 1e-9), 1.0)
    hats = np.linalg.solve(normal, turned * scale[:, None, :])
    coefficients = hats @ means
    rest = (means - np.einsum("fbc,fc->fb", designs, coefficients)) * precision
    lighter = 1 / np.maximum(1, np.abs(rest) / HUBER)
    return np.asarray((lighter * rest * rest).sum(axis=1)), np.asarray(hats), np.asarray(coefficients), lighter
