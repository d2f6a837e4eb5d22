"""What a picture of a loss curve shows, as numbers: for the PNG, and for a page that draws it itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.loss.features import Measures, measure
from diagnostics.loss.model import CurveVerdict, Pattern
from diagnostics.loss.prepare import Curve, Floats, prepare

FEWEST_MEASURED = 8
EXCURSION = 3.0
"""Stretches whose level lies this many standard errors, and a third, above the trend are marked."""
_MOST_POINTS = 600
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """What the verdict rests on: a stretch of steps, or one step where both ends are the same."""

    first: float
    last: float
    says: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """Points, the level with its 95 % band, and marks. All lists of one kind have one length."""

    unit: str
    """``step`` or ``epoch``."""
    steps: tuple[float, ...]
    loss: tuple[float, ...]
    level_steps: tuple[float, ...]
    level: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    marks: tuple[Mark, ...]


def sketch(series: Series, verdict: CurveVerdict) -> Sketch | None:
    """Return the curve in at most 600 points; None where no value is finite."""
    curve = prepare(series)
    if not len(curve.loss):
        return None
    steps, loss = thinned(curve.steps, curve.loss, _MOST_POINTS)
    measures = measured(curve)
    centres = levels = errors = np.zeros(0)
    if measures is not None:
        centres, levels, errors = measures.blocks.centres, measures.blocks.levels, measures.blocks.errors
    return Sketch(
        "epoch" if series.unit is Unit.EPOCH else "step",
        _rounded(steps),
        _rounded(loss),
        _rounded(centres),
        _rounded(np.exp(levels)),
        _rounded(np.exp(levels - 1.96 * errors)),
        _rounded(np.exp(levels + 1.96 * errors)),
        tuple(_marks(measures, verdict)),
    )


def measured(curve: Curve) -> Measures | None:
    """Return what can be measured of a curve; None where it is too short or does not vary."""
    if len(curve.loss) < FEWEST_MEASURED or curve.loss.min() == curve.loss.max():
        return None
    return measure(curve)


def thinned(steps: Floats, loss: Floats, most: int) -> tuple[Floats, Floats]:
    """Keep the lowest and the highest value of each stretch."""
    if len(loss) <= most:
        return steps, loss
    stretch = 2 * len(loss) // most + 1
    count = len(loss) // stretch
    rows = loss[: count * stretch].reshape(count, stretch)
    first = np.arange(count) * stretch
    chosen = np.sort(np.concatenate([first + rows.argmin(axis=1), first + rows.argmax(axis=1)]))
    return steps[chosen], loss[chosen]


def excursions(measures: Measures) -> tuple[tuple[float, float], ...]:
    """Return the stretches of steps in which the level lies far above the trend."""
    blocks = measures.blocks
    excess = blocks.levels - measures.trend
    high = (excess > EXCURSION * blocks.errors) & (excess > np.log(4 / 3))
    edges = np.append(blocks.steps[blocks.edges[:-1]], blocks.steps[-1])
    return tuple((float(edges[index]), float(edges[index + 1])) for index in np.flatnonzero(high))


def _marks(measures: Measures | None, verdict: CurveVerdict) -> Iterator[Mark]:
    if verdict.non_finite and verdict.first_non_finite_step is not None:
        at = float(verdict.first_non_finite_step)
        yield Mark(at, at, f"{verdict.non_finite:,} values are not finite, the first at step {at:,.0f}")
    if measures is None:
        return
    first, last = float(measures.blocks.steps[0]), float(measures.blocks.steps[-1])
    if verdict.pattern in (Pattern.SPIKES, Pattern.DIVERGED):
        yield from (Mark(begin, end, "above the trend") for begin, end in excursions(measures))
    elif verdict.pattern is Pattern.PLATEAU and verdict.plateau_step is not None:
        yield Mark(float(verdict.plateau_step), last, f"flat from step {verdict.plateau_step:,}")
    elif verdict.pattern is Pattern.TOO_FAST:
        reached = first + float(measures.change.halved)
        yield Mark(first, reached, f"half of the fall by step {reached:,.0f}")


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values)
