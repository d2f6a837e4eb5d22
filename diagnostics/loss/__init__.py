"""Loss curves: the verdict, and the picture that goes with it.

Scoring on labelled curves is in `diagnostics.loss.evaluate`, drawing in `diagnostics.loss.plot`; both are imported by
those who need them.
"""

from diagnostics.loss.judge import judge
from diagnostics.loss.model import CurveVerdict, Interval, Pattern

__all__ = ["CurveVerdict", "Interval", "Pattern", "judge"]
