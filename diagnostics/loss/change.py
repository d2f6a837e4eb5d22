"""What the level does from start to end: how far it falls, when it stops, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from diagnostics.loss.blocks import Blocks
from diagnostics.loss.prepare import Floats
from diagnostics.loss.trend import Bend, Start, exponential_start

TAIL_FROM = 0.40
"""The later change is measured from this share of the run (mean over +-0.1) to the end."""
END_FROM = 0.85
START_SHARE = 0.08
START_ERROR = 0.15
"""The start averages as many values as bring its relative error to this."""
REACHED = 0.8
"""Share of the drop by which a fall counts as done."""
FLAT, FALL, RISE = 0.45, 0.47, 0.08
"""Prior probabilities of no change, a fall and a rise from start to end."""
FLAT_SPREAD, TAIL_SPREAD = 0.018, 0.007
"""Standard deviation of the log change of curves that count as flat: over the run, and from 40 % on."""


@dataclass(frozen=True)
class Change:
    """Levels are natural logarithms; `*_error` are standard errors."""

    start: float
    start_error: float
    middle: float
    end: float
    end_error: float
    fall: float
    """start - end."""
    fall_error: float
    late_fall: float
    """middle - end."""
    late_fall_error: float
    flat: float
    """Posterior probability that the level did not change from start to end."""
    rising: float
    late_flat: float
    """The same for no further fall from 40 % of the run on."""
    thirds_fall: float
    """Mean level of the first third less that of the last."""
    thirds_error: float
    fitted: Start | None
    bend: Bend
    reached: float
    """Steps from the start until `REACHED` of the fall; never less than the spacing of the values."""
    halved: float
    """The same for half of the fall, which noise near the end level does not move."""

    def rescaled(self, loss: float, steps: float) -> Change:
        """Return the change with levels in the log's own unit of loss and times in its steps."""
        moved = float(np.log(loss))
        return replace(
            self,
            start=self.start + moved,
            middle=self.middle + moved,
            end=self.end + moved,
            fitted=replace(self.fitted, time=self.fitted.time * steps) if self.fitted else None,
            reached=self.reached * steps,
            halved=self.halved * steps,
        )

    @property
    def drop(self) -> float:
        """(start - end) / start."""
        return -float(np.expm1(np.clip(-self.fall, -20, 20)))

    @property
    def detectable(self) -> float:
        """Smallest drop from first to last third, as share, that these values could show (two-sided 5 % test)."""
        return -float(np.expm1(-1.96 * self.thirds_error))


def change(blocks: Blocks, trend: Floats) -> Change:
    """Measure the change of the level over a curve, given its falling trend (log level, one value a block)."""
    errors = blocks.errors
    first, span = float(blocks.steps[0]), max(blocks.span, 1e-9)
    end_weights = _between(blocks, first + END_FROM * span, float(blocks.steps[-1]))
    middle_weights = _between(blocks, first + (TAIL_FROM - 0.1) * span, first + (TAIL_FROM + 0.1) * span)
    end, end_error = _level(end_weights, blocks.levels, errors)
    middle, middle_error = _level(middle_weights, blocks.levels, errors)
    fitted, bend = exponential_start(blocks)
    if fitted is None:
        start, start_error = _level(_first_blocks(blocks), blocks.levels, errors)
    else:
        means = np.exp(blocks.levels)
        level = float(fitted.weights @ means)
        start = float(np.log(level))
        start_error = float(np.sqrt(fitted.weights**2 @ (errors * means) ** 2) / level)
    early, early_error = _level(_between(blocks, first, first + span / 3), blocks.levels, errors)
    late, late_error = _level(_between(blocks, first + 2 * span / 3, float(blocks.steps[-1])), blocks.levels, errors)
    fall_error = max(float(np.hypot(start_error, end_error)), 1e-4)
    tail_error = max(float(np.hypot(middle_error, end_error)), 1e-4)
    flat, _, rising = no_change(start - end, fall_error, FLAT_SPREAD, (FLAT, FALL, RISE))
    late_flat, _, late_rising = no_change(middle - end, tail_error, TAIL_SPREAD, (0.5, 0.45, 0.05))
    return Change(
        start=start,
        start_error=start_error,
        middle=middle,
        end=end,
        end_error=end_error,
        fall=start - end,
        fall_error=fall_error,
        late_fall=middle - end,
        late_fall_error=tail_error,
        flat=flat,
        rising=rising,
        late_flat=late_flat + late_rising,
        thirds_fall=early - late,
        thirds_error=max(float(np.hypot(early_error, late_error)), 1e-4),
        fitted=fitted,
        bend=bend,
        reached=_reached(blocks, trend, start + REACHED * (end - start), fitted, REACHED),
        halved=_reached(blocks, trend, float(np.log((np.exp(start) + np.exp(end)) / 2)), fitted, 0.5),
    )


def no_change(
    change: float, error: float, spread: float, priors: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return the probabilities of no change, a real fall and a real rise, given an observed log change and its error.

    Spike and slab (Mitchell & Beauchamp 1988): no change is a narrow normal of standard deviation `spread`; a fall is
    uniform over pieces that weigh small, middling and large falls as they occur; a rise is uniform up to a factor six.
    """
    falls = ((0.15, 0.03, 0.10), (0.68, 0.10, 1.8), (0.17, 1.8, 6.0))
    weights = np.array(
        [
            priors[0] * _normal(change, float(np.hypot(error, spread))),
            priors[1] * sum(share * _uniform(change, error, low, high) for share, low, high in falls),
            priors[2] * _uniform(change, error, -1.8, -0.05),
        ]
    )
    weights += 1e-300
    flat, fall, rise = (weights / weights.sum()).tolist()
    return flat, fall, rise


def _normal(value: float, deviation: float) -> float:
    return float(np.exp(-0.5 * min((value / deviation) ** 2, 1400)) / (deviation * np.sqrt(2 * np.pi)))


def _uniform(value: float, error: float, low: float, high: float) -> float:
    """Density at `value` of a uniform on [low, high] blurred by a normal error."""
    return (_cumulative((high - value) / error) - _cumulative((low - value) / error)) / (high - low)


def _cumulative(z: float) -> float:
    """Normal distribution function, to 1e-7 (Abramowitz & Stegun 7.1.26)."""
    x = float(np.clip(z / np.sqrt(2), -20, 20))
    t = 1 / (1 + 0.3275911 * abs(x))
    tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    erf = float(np.sign(x)) * (1 - tail * float(np.exp(-x * x)))
    return 0.5 * (1 + erf)


def _between(blocks: Blocks, low: float, high: float) -> Floats:
    weights = blocks.counts * ((blocks.centres >= low) & (blocks.centres <= high))
    if weights.sum() == 0:
        nearest = int(np.abs(blocks.centres - (low + high) / 2).argmin())
        weights[nearest] = blocks.counts[nearest]
    return np.asarray(weights / weights.sum())


def _first_blocks(blocks: Blocks) -> Floats:
    needed = max(2, int(np.ceil((blocks.inflation * blocks.noise / START_ERROR) ** 2)))
    wanted = min(needed, START_SHARE * len(blocks.values))
    taken = int(np.searchsorted(np.cumsum(blocks.counts), wanted)) + 1
    weights = np.zeros(len(blocks.counts))
    weights[:taken] = blocks.counts[:taken]
    return np.asarray(weights / weights.sum())


def _level(weights: Floats, levels: Floats, errors: Floats) -> tuple[float, float]:
    return float(weights @ levels), float(np.sqrt(weights**2 @ errors**2))


def _reached(blocks: Blocks, trend: Floats, target: float, fitted: Start | None, share: float) -> float:
    below = np.flatnonzero(trend <= target)
    steps = float(blocks.centres[below[0] if len(below) else -1] - blocks.centres[0])
    if fitted is not None:
        steps = min(steps, -float(np.log(1 - share)) * fitted.time)
    return max(steps, float(blocks.steps[1] - blocks.steps[0]))
