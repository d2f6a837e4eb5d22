"""Loss curves: the verdict, and the picture that goes with it."""

from diagnostics.loss.evaluate import CurveReport, CurveScores, evaluate_curves
from diagnostics.loss.judge import judge
from diagnostics.loss.model import CurveVerdict, Interval, Pattern
from diagnostics.loss.plot import draw

__all__ = ["CurveReport", "CurveScores", "CurveVerdict", "Interval", "Pattern", "draw", "evaluate_curves", "judge"]
