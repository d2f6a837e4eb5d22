"""What the learning-rate schedule did to the curve: a level that moves with the learning rate is no fault by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.log.model import Series
from diagnostics.loss.features import Measures, measure
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import Judging
from diagnostics.loss.prepare import Curve
from diagnostics.loss.reasons import number
from diagnostics.loss.schedule import Schedule, read_schedule

MOVED_BY_SCHEDULE = frozenset({Pattern.SPIKES, Pattern.PLATEAU, Pattern.DIVERGED})
"""What a change of the learning rate alone can look like."""
WINDOW, FEWEST, MOST = 40, 8, 400
"""The level beside a change is the median over a 40th of the run, within these numbers of values."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What the schedule has to do with a verdict."""

    text: str
    judged: tuple[Pattern, float] | None = None
    """The verdict that `text` is added to: that on the curve apart from the schedule. None: `text` says why none."""


def scheduled(
    verdict: tuple[Pattern, float],
    series: Series,
    measures: Measures,
    decided: Callable[[Sequence[Measures]], tuple[Pattern, float]],
    parameters: Judging,
) -> Scheduled | None:
    """Return what to say where the posted learning rate explains `verdict`; None where that stands as it is.

    The curve is judged once more by `decided` without its warmup and with its level joined at every jump of the
    learning rate. Warmup explains no loss that stays up afterwards. A plateau is explained, besides, where the fall
    ends as the learning rate jumps, or late in the run once it has come down; earlier a rate that low is the cause of
    the plateau and no excuse for it.
    """
    pattern = verdict[0]
    if pattern not in MOVED_BY_SCHEDULE or series.learning_rate is None:
        return None
    schedule, levels = read_schedule(series.steps, series.learning_rate), measures.change
    fell = levels.fall >= parameters.limits.clear_fall * levels.fall_error
    if pattern is Pattern.PLATEAU:
        stopped = _stopped_at(series, schedule, measures, parameters)
        if stopped is not None:
            return Scheduled(_text(parameters.special.schedule_end, series, stopped))
        step = int(measures.blocks.steps[0] + levels.reached)
        if _is_low(series, step, parameters):
            return Scheduled(_text(parameters.special.schedule_low, series, step), verdict)
    if not schedule.jumps and not fell:
        return None
    settling = max(measures.blocks.smoothing, round(parameters.schedule.near * len(measures.curve.loss)))
    apart = without_schedule(measures.curve, schedule, settling)
    if apart is None:
        return None
    again, confidence = decided([measure(apart)])
    if again is pattern:
        return None
    special, step = parameters.special, schedule.jumps[0] if schedule.jumps else schedule.warmup_until or 0
    if again is Pattern.HEALTHY and fell:
        return Scheduled(_text(special.schedule_healthy, series, step), (again, confidence))
    return Scheduled(_text(special.schedule, series, step))


def without_schedule(curve: Curve, schedule: Schedule, settling: int) -> Curve | None:
    """Return the curve from the end of warmup on, its level joined at every jump of the learning rate.

    The `settling` values after a jump are left out: a restart throws the loss up for a while, and a smoothed log lags.
    None where the schedule shows nothing to take out, or nothing is left.
    """
    steps, loss = curve.steps, curve.loss
    if schedule.warmup_until is not None:
        after = steps >= schedule.warmup_until
        steps, loss = steps[after], loss[after]
    edges = np.unique(np.searchsorted(steps, schedule.jumps))
    edges = edges[(edges > 0) & (edges < len(steps))]
    if (schedule.warmup_until is None and not len(edges)) or len(steps) < 3 * FEWEST:
        return None
    width = int(np.clip(len(steps) // WINDOW, FEWEST, MOST))
    joined, kept = loss.copy(), np.ones(len(loss), dtype=np.bool_)
    for edge in edges.tolist():
        settled = edge + settling
        before, after_it = loss[max(0, edge - width) : edge], loss[settled : settled + width]
        kept[edge:settled] = False
        if len(after_it):
            joined[edge:] *= np.median(before) / np.median(after_it)
    return replace(curve, steps=steps[kept], loss=joined[kept]) if kept.sum() >= 3 * FEWEST else None


def _stopped_at(series: Series, schedule: Schedule, measures: Measures, parameters: Judging) -> int | None:
    """The step at which the schedule stops the fall, if it does."""
    limits, blocks = parameters.schedule, measures.blocks
    stopped = float(blocks.steps[0]) + measures.change.reached
    for step in (*schedule.jumps, *(() if schedule.warmup_until is None else (schedule.warmup_until,))):
        if abs(step - stopped) <= limits.near * blocks.span:
            return int(step)
    late = measures.change.reached >= limits.late * blocks.span
    return int(stopped) if late and _is_low(series, stopped, parameters) else None


def _is_low(series: Series, step: float, parameters: Judging) -> bool:
    rate = _rate_at(series, step)
    return rate is not None and rate <= parameters.schedule.low_rate * _highest_until(series, step)


def _text(template: str, series: Series, step: int) -> str:
    rate = _rate_at(series, step)
    return template.format(step=f"{step:,}", rate="unknown" if rate is None else number(rate))


def _highest_until(series: Series, step: float) -> float:
    if series.learning_rate is None:
        return 0.0
    rate = series.learning_rate[series.steps <= step]
    rate = rate[np.isfinite(rate)]
    return float(rate.max()) if len(rate) else 0.0


def _known(series: Series) -> bool:
    return series.learning_rate is not None and bool(np.isfinite(series.learning_rate).any())


def _rate_at(series: Series, step: float) -> float | None:
    if series.learning_rate is None or not _known(series):
        return None
    known = np.flatnonzero(np.isfinite(series.learning_rate))
    nearest = known[np.abs(series.steps[known] - step).argmin()]
    return float(series.learning_rate[nearest])
