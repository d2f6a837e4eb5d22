"""Tick labels to scales: which numbers stand beside and below the curve, and which straight line they lie on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from diagnostics.screenshot.numbers import Label
from knowledge.screenshots import AxisSigns

Floats = NDArray[np.float64]
_MOST_LABELS = 40
_SURE = 0.9
"""Match from which a label counts as certain."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What pixels along an axis are worth: ``value = offset + slope * pixel``, of its decimal logarithm where `log`."""

    slope: float
    offset: float
    log: bool
    labels: int
    """Labels that agree."""

    def values(self, pixels: Floats) -> Floats:
        """Return the values at pixels."""
        plain = self.offset + self.slope * np.asarray(pixels, float)
        return np.asarray(10 ** np.clip(plain, -300, 300) if self.log else plain)


@dataclass(frozen=True, slots=True)
class Axes:
    """The scales of a chart; None where it could not be read."""

    x: Scale | None
    y: Scale | None
    labels: int
    """Numbers that stand in a row or column beside the curve, read into a scale or not."""


def x_scale(labels: Sequence[Label], width: int, signs: AxisSigns) -> Scale | None:
    """Return the scale of the step axis from the labels below the curve: the first row of them that agrees."""
    rows = sorted(_rows(labels), key=lambda row: row[0].y)
    for row in rows:
        scale = fit([(label.x, label) for label in row], signs.tolerance * width, signs, log=False)
        if scale is not None and scale.slope > 0:
            return scale
    return None


def y_scale(labels: Sequence[Label], factors: Sequence[Label], height: int, signs: AxisSigns) -> Scale | None:
    """Return the scale of the loss axis from the labels beside the curve, with the factor that stands over it."""
    best: Scale | None = None
    for column in _columns(labels):
        placed = [(label.y, label) for label in column]
        for log in (False, True):
            scale = fit(placed, signs.tolerance * height, signs, log=log)
            if scale is not None and scale.slope < 0 and (best is None or scale.labels > best.labels):
                best = scale
                if factors and not log:
                    times = factors[-1].value
                    best = Scale(scale.slope * times, scale.offset * times, False, scale.labels)
    return best


def fit(placed: Sequence[tuple[float, Label]], slack: float, signs: AxisSigns, *, log: bool) -> Scale | None:
    """Return the straight line through labels (pixel, label) that most of them agree on; misread ones are outvoted.

    `slack` in pixels. Three labels must agree, or two that are both certain where there are no more.
    """
    usable = [(at, label) for at, label in placed if not log or label.value > 0][:_MOST_LABELS]
    if len(usable) < 2:
        return None
    pixels = np.array([at for at, _ in usable])
    values = np.array([label.value for _, label in usable])
    values = np.log10(values) if log else values
    weights = np.array([label.score for _, label in usable])
    best, most = None, 0.0
    for one, other in combinations(range(len(usable)), 2):
        apart = values[other] - values[one]
        if apart == 0 or abs(pixels[other] - pixels[one]) < 4 * slack:
            continue
        expected = pixels[one] + (values - values[one]) * (pixels[other] - pixels[one]) / apart
        agree = np.abs(expected - pixels) <= max(slack, 1.5)
        if weights[agree].sum() > most + 1e-9:
            best, most = agree, float(weights[agree].sum())
    if best is None:
        return None
    count = int(best.sum())
    sure = bool((weights >= _SURE).all()) or all(label.power for _, label in usable)
    two_sure = count == 2 and len(usable) == 2 and sure
    if (count < signs.fewest and not two_sure) or count < 0.5 * len(usable):
        return None
    if log and not _spread(values[best]):
        return None
    slope, offset = np.polyfit(pixels[best], values[best], 1)
    return Scale(float(slope), float(offset), log, count)


def _spread(logs: Floats) -> bool:
    """Tell whether values are spaced as on a logarithmic axis: by factors that are alike or by 1, 2, 5."""
    return float(np.ptp(logs)) > 0.25


def _rows(labels: Sequence[Label]) -> list[list[Label]]:
    """Group labels whose middles are level."""
    rows: list[list[Label]] = []
    for label in sorted(labels, key=lambda each: each.y):
        if rows and label.y - rows[-1][-1].y <= 0.35 * label.box.height:
            rows[-1].append(label)
        else:
            rows.append([label])
    return [row for row in rows if len(row) >= 2]


def _columns(labels: Sequence[Label]) -> list[list[Label]]:
    """Group labels that end, or else begin, at one column: numbers of an axis are aligned on one side."""
    columns: list[list[Label]] = []
    for side in ("right", "left"):
        group: list[Label] = []
        for label in sorted(labels, key=lambda each: getattr(each.box, side)):
            if group and getattr(label.box, side) - getattr(group[-1].box, side) > 0.6 * label.box.height:
                columns.append(group)
                group = []
            group.append(label)
        columns.append(group)
    return [sorted(column, key=lambda each: each.y) for column in columns if len(column) >= 2]
