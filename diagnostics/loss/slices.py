"""Labelled curves as people post them: averaged, short, noisy, cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.loss.blocks import cut, smoothed
from diagnostics.loss.labelled import LabelledCurve
from diagnostics.loss.model import Pattern
from diagnostics.loss.prepare import prepare

FEWEST = 200
"""Raw logs from this length on are turned into the other slices."""
SHORT = 80
TAIL = 60
"""The length of a pasted tail."""


def slices(curves: Iterable[LabelledCurve]) -> Iterator[tuple[str, LabelledCurve]]:
    """Yield each slice's name with its curves: whole raw logs, and what is made of them."""
    for curve in curves:
        loss = curve.series.loss
        if curve.series.unit is not Unit.RAW or len(loss) < FEWEST or not np.isfinite(loss).all():
            continue
        for name, make in SLICES.items():
            series, pattern = make(curve)
            yield name, replace(curve, series=series, pattern=pattern)


def _raw(curve: LabelledCurve) -> tuple[Series, Pattern]:
    return curve.series, curve.pattern


def _averaged(curve: LabelledCurve) -> tuple[Series, Pattern]:
    """A moving average over a twentieth of the run, as sd-scripts' avr_loss over one of twenty epochs."""
    loss = curve.series.loss
    width = max(2, len(loss) // 20)
    total = np.concatenate([[0.0], np.cumsum(loss)])
    end = np.arange(1, len(loss) + 1)
    start = np.maximum(end - width, 0)
    averaged = (total[end] - total[start]) / (end - start)
    return replace(curve.series, loss=averaged, unit=Unit.RUNNING_AVERAGE), curve.pattern


def _short(curve: LabelledCurve) -> tuple[Series, Pattern]:
    """Every k-th value, `SHORT` of them."""
    return _at(curve.series, np.linspace(0, len(curve.series.loss) - 1, SHORT).astype(np.intp)), curve.pattern


def _noisy(curve: LabelledCurve) -> tuple[Series, Pattern]:
    """The run's own noise once more: each value times the relative noise of another."""
    blocks = cut(prepare(curve.series))
    rng = np.random.default_rng(len(curve.series.loss))
    relative = blocks.values / np.exp(np.interp(blocks.steps, blocks.centres, smoothed(blocks.levels)))
    again = rng.choice(relative, len(curve.series.loss))
    return replace(curve.series, loss=curve.series.loss * again / again.mean()), curve.pattern


def _truncated(curve: LabelledCurve) -> tuple[Series, Pattern]:
    """The last `TAIL` values: nothing can be said about how the run began."""
    last = len(curve.series.loss)
    return _at(curve.series, np.arange(last - TAIL, last)), Pattern.INSUFFICIENT


def _at(series: Series, kept: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Series:
    rate = series.learning_rate
    return replace(
        series,
        steps=series.steps[kept],
        loss=series.loss[kept],
        learning_rate=None if rate is None else rate[kept],
        seconds_per_step=None,
        lines=None,
    )


SLICES: Mapping[str, Callable[[LabelledCurve], tuple[Series, Pattern]]] = {
    "raw": _raw,
    "averaged": _averaged,
    "short": _short,
    "noisy": _noisy,
    "truncated": _truncated,
}
