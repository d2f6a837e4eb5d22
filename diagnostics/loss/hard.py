"""Verdicts that are read off a log without any statistics: no values, too few, not finite, zero, constant."""

from __future__ import annotations

import numpy as np

from diagnostics.log.model import Series
from diagnostics.loss.model import CurveVerdict, Pattern
from diagnostics.loss.parameters import Judging
from diagnostics.loss.prepare import Curve
from diagnostics.loss.reasons import number

FEWEST_CONSTANT = 3
"""The same value three times over is no chance."""


def read_off(series: Series, curve: Curve, parameters: Judging) -> CurveVerdict | None:
    """Return the verdict where the log decides it by itself, else None."""
    special, limits = parameters.special, parameters.limits
    certain = parameters.decision.certain
    points = f"{curve.logged:,}"
    if curve.logged == 0:
        return _verdict(curve, Pattern.INSUFFICIENT, certain, special.no_values)
    if _not_finite(curve, parameters):
        first = len(curve.loss) == 0 or (
            curve.first_non_finite_step is not None and curve.first_non_finite_step < curve.steps[0]
        )
        text = special.non_finite_first if first else special.non_finite
        sentence = text.format(bad=_name(series), bad_step=f"{curve.first_non_finite_step:,}")
        return _verdict(curve, Pattern.DIVERGED, certain, sentence)
    values = len(curve.loss)
    if values >= FEWEST_CONSTANT and curve.zeros > limits.zero_share * values:
        return _verdict(curve, Pattern.DIVERGED, certain, special.zeros.format(zeros=f"{curve.zeros:,}", points=points))
    if curve.negative > limits.negative_share * values:
        text = special.negative.format(negative=f"{curve.negative:,}", points=points)
        return _verdict(curve, Pattern.INSUFFICIENT, certain, text)
    if values >= FEWEST_CONSTANT and curve.loss.min() == curve.loss.max():
        text = special.constant.format(start=number(float(curve.loss[0])))
        return _verdict(curve, Pattern.NO_DECREASE, certain, text)
    if values < limits.fewest_values:
        return _verdict(curve, Pattern.INSUFFICIENT, certain, special.few_values.format(points=points))
    return None


def _not_finite(curve: Curve, parameters: Judging) -> bool:
    limits = parameters.limits
    kept = len(curve.loss) + curve.non_finite
    at_end = max(1, min(limits.non_finite_end, round(0.02 * kept)))
    return curve.trailing_non_finite >= at_end or curve.non_finite > limits.non_finite_share * kept


def _name(series: Series) -> str:
    if np.isnan(series.loss).any():
        return "not a number (NaN)"
    return "infinite" if np.isinf(series.loss).any() else "0, which is how this trainer prints NaN,"


def _verdict(curve: Curve, pattern: Pattern, confidence: float, text: str) -> CurveVerdict:
    some = len(curve.loss) > 0
    return CurveVerdict(
        pattern=pattern,
        confidence=confidence,
        points=curve.logged,
        reason=text,
        start=float(curve.loss[0]) if some else None,
        end=float(curve.loss[-1]) if some else None,
        non_finite=curve.non_finite,
        first_non_finite_step=curve.first_non_finite_step,
        resumes=curve.resumes,
        restarts=curve.restarts,
        first_step=int(curve.steps[0]) if some else curve.first_non_finite_step,
        last_step=int(curve.steps[-1]) if some else None,
    )
