"""The sentence that goes with a verdict."""

from __future__ import annotations

import numpy as np

from diagnostics.log.model import Unit
from diagnostics.loss.features import Measures
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import Judging


def reason(pattern: Pattern, measures: Measures, judging: Judging, *, look_at_samples: bool) -> str:
    """Say in plain words why the curve is called `pattern`."""
    levels, blocks = measures.change, measures.blocks
    unit = "epochs" if measures.curve.unit is Unit.EPOCH else "steps"
    highest = max(measures.instability.run_ratio, float(np.exp(np.max(blocks.levels - measures.trend))))
    top = int(blocks.levels.argmax())
    lowest_before = float(blocks.levels[: top + 1].min())
    text = judging.reasons[pattern].format(
        points=f"{measures.curve.logged:,}",
        start=number(float(np.exp(levels.start))),
        end=number(float(np.exp(levels.end))),
        drop=percent(abs(levels.drop)),
        detectable=percent(max(levels.detectable, 0.01)),
        span=f"{blocks.span:,.0f} {unit}",
        half=f"{max(levels.halved, 1):,.0f} {unit}",
        top=number(float(np.exp(blocks.levels[top]))),
        times=number(float(np.exp(blocks.levels[top] - lowest_before))),
        before=number(float(np.exp(lowest_before))),
        plateau_step=f"{blocks.steps[0] + levels.reached:,.0f}",
        peak=number(highest),
    )
    return judging.special.look_at_samples.format(text=text) if look_at_samples else text


def number(value: float) -> str:
    """Return a loss with three significant digits, without an exponent where that stays short."""
    return f"{value:.3g}" if 1e-4 <= abs(value) < 1e4 or value == 0 else f"{value:.2e}"


def percent(share: float) -> str:
    """Return a share 0..1 as whole per cent."""
    return f"{100 * share:.0f} %"
