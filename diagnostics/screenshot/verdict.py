"""What may be said of a loss curve that was read off a picture."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.loss.judge import judge
from diagnostics.loss.model import CurveVerdict
from diagnostics.screenshot.read import ChartReading
from knowledge.model import Profile
from knowledge.screenshots import ScreenshotKnowledge


def judge_chart(reading: ChartReading, profile: Profile | None, how: ScreenshotKnowledge) -> CurveVerdict:
    """Judge a chart as a log is judged, less surely; numbers that its axes do not carry are left out.

    Levels are compared with `profile` only where both axes were read.
    """
    verdict = judge(reading.series, profile if reading.complete else None, also=reading.also)
    trust = how.confidence
    factor = trust.with_axes if reading.complete else trust.without_axes
    factor *= trust.several_curves if reading.others else 1.0
    verdict = replace(verdict, confidence=verdict.confidence * factor, picture=reading.name)
    if reading.complete:
        return replace(verdict, reason=_filled(how.words.verdict, file=reading.name, reason=verdict.reason))
    if reading.axes.y is None:
        verdict = replace(verdict, start=None, end=None, start_interval=None, end_interval=None, drop=None)
    if reading.axes.x is None:
        verdict = replace(verdict, plateau_step=None, share_of_drop=(), first_step=None, last_step=None)
    missing = "both" if reading.axes.x is None and reading.axes.y is None else "x" if reading.axes.x is None else "y"
    shape = how.words.shapes[verdict.pattern.value]
    return replace(
        verdict,
        slope_per_1k=None,
        slope_interval=None,
        share_of_drop=(),
        reason=_filled(how.words.relative, file=reading.name, axes=how.words.axes[missing], shape=shape),
    )


def _filled(text: str, **values: str) -> str:
    """Fill a text in one pass: a brace in the name of a file is no placeholder."""
    return text.format_map(values)
