"""What a log that shows only part of a run cannot prove."""

from __future__ import annotations

from diagnostics.log.model import Series, Unit
from diagnostics.loss.features import Measures
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import Judging
from diagnostics.loss.reasons import percent, reason
from diagnostics.loss.schedule import read_schedule

NEEDS_HEAD = frozenset({Pattern.NO_DECREASE, Pattern.PLATEAU, Pattern.TOO_FAST})
NEEDS_END = frozenset({Pattern.NO_DECREASE, Pattern.PLATEAU})


def partial(pattern: Pattern, series: Series, measures: Measures, parameters: Judging) -> str | None:
    """Return the sentence that says why `pattern` cannot be claimed from this part of a run; None where it can."""
    limits, special = parameters.limits, parameters.special
    first, last = float(measures.curve.steps[0]), float(measures.curve.steps[-1])
    levels = measures.change
    if len(measures.curve.loss) < limits.fewest_noisy and measures.blocks.noise > limits.calm:
        return special.few_values.format(points=f"{measures.curve.logged:,}")
    unclear = pattern is Pattern.HEALTHY and levels.fall < limits.clear_fall * levels.fall_error
    headless = first > limits.missing_head * last and measures.curve.unit is not Unit.EPOCH
    if headless and (pattern in NEEDS_HEAD or unclear):
        return special.tail.format(first_step=f"{first:,.0f}")
    if pattern is Pattern.TOO_FAST and len(measures.curve.loss) < limits.fewest_fast:
        return special.coarse.format(points=f"{measures.curve.logged:,}")
    if pattern not in NEEDS_END:
        return None
    if read_schedule(series.steps, series.learning_rate).warming_up:
        return special.warmup
    total = series.total_steps
    if total and last < limits.early * total:
        return special.early.format(progress=percent(last / total))
    if levels.detectable > limits.detectable:
        return reason(Pattern.INSUFFICIENT, measures, parameters, look_at_samples=False)
    return None
