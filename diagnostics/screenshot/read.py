"""A screenshot of a loss chart to a loss series, with what could not be read of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.model import Series, Unit
from diagnostics.screenshot.axes import Axes
from diagnostics.screenshot.detect import Chart, find_chart
from diagnostics.screenshot.pixels import Pixels
from knowledge.screenshots import ScreenshotKnowledge

Floats = NDArray[np.float64]
_UNREAD_FLOOR = 0.15
"""Where the loss axis is not read, the lowest point of the curve is taken to be this share of its highest."""
_STEPS_A_COLUMN = 10
"""Where the step axis is not read, steps are counted in tenths of a column."""
_APART = (2, 3, 4)
"""Columns that are taken apart from each other: a pen of some pixels puts one value into neighbouring columns."""
_MOST_STEPS = 1e9
_FEWEST = 24
"""Values that a reading of every so many columns must have."""


@dataclass(frozen=True, eq=False)
class ChartReading:
    """A loss chart read back. `series` has one value for every other column, or for every step where steps are wider.

    Without the x axis its steps are tenths of a column; without the y axis its losses are only relative. `also` holds
    the other columns, and those three and four apart: readings of the same run that are judged with it.
    """

    series: Series
    also: tuple[Series, ...]
    axes: Axes
    smoothed: bool
    """A smoothed line was drawn too; the one as logged was read."""
    others: int
    """Further curves in the chart, of other colours."""

    @property
    def complete(self) -> bool:
        """Both axes were read."""
        return self.axes.x is not None and self.axes.y is not None


def read_chart(name: str, pixels: Pixels, how: ScreenshotKnowledge) -> ChartReading | None:
    """Read the loss chart in a picture (height, width, 3; uint8); None where it is no such chart."""
    height, width = pixels.shape[:2]
    sizes = how.sizes
    if width < sizes.least_width or height < sizes.least_height or width * height > sizes.most_pixels:
        return None
    if width * height > sizes.halved_from:
        pixels = pixels[::2, ::2]
    chart = find_chart(pixels, how)
    if chart is None:
        return None
    steps, loss = _steps(chart), _loss(chart)
    if chart.axes.y is not None and loss.max() < how.chart.least_loss:
        return None
    readings = _readings(name, steps, loss)
    return ChartReading(readings[0], readings[1:], chart.axes, chart.traced.smoothed is not None, chart.traced.others)


def _readings(name: str, steps: Floats, loss: Floats) -> tuple[Series, ...]:
    whole = np.arange(np.ceil(steps[0]), np.floor(steps[-1]) + 1)
    if len(whole) * _APART[-1] < len(steps):
        values = np.interp(whole, steps, loss)
        return (Series(whole.astype(np.int64), values, Unit.RAW, source=name),)
    taken = [slice(first, None, apart) for apart in _APART for first in range(apart)]
    found = [_distinct(name, steps[each], loss[each]) for each in taken]
    return tuple(each for each in found if len(each.loss) >= _FEWEST) or (found[0],)


def _distinct(name: str, steps: Floats, loss: Floats) -> Series:
    numbers = np.round(steps).astype(np.int64)
    kept = np.concatenate([[True], np.diff(numbers) > 0])
    return Series(numbers[kept], loss[kept], Unit.RAW, source=name)


def _steps(chart: Chart) -> Floats:
    columns = chart.traced.line.x + 0.5
    if chart.axes.x is None:
        return np.asarray((columns - columns[0]) * _STEPS_A_COLUMN)
    return np.clip(chart.axes.x.values(columns), 0, _MOST_STEPS)


def _loss(chart: Chart) -> Floats:
    """Return the loss in each column; never below half of what a pixel is worth."""
    middle, scale = chart.traced.line.middle, chart.axes.y
    if scale is None:
        high = middle.max() - middle
        span = max(float(high.max()), 1.0)
        return np.asarray(_UNREAD_FLOOR + (1 - _UNREAD_FLOOR) * high / span)
    loss = scale.values(middle)
    return loss if scale.log else np.maximum(loss, abs(scale.slope) / 2)
