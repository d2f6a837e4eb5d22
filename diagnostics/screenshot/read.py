"""A screenshot of a loss chart to a loss series, with what could not be read of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.model import Series, Unit
from diagnostics.screenshot.axes import Axes, Scale
from diagnostics.screenshot.detect import find_chart
from diagnostics.screenshot.pixels import Pixels
from diagnostics.screenshot.trace import Line
from knowledge.screenshots import ScreenshotKnowledge

Floats = NDArray[np.float64]
_UNREAD_FLOOR = 0.15
"""Where the loss axis is not read, the lowest point of the curve is taken to be this share of its highest."""
_STEPS_A_COLUMN = 10
"""Where the step axis is not read, steps are counted in tenths of a column."""
_APART = (2, 3, 4)
"""Columns that are taken apart from each other: a pen of some pixels puts one value into neighbouring columns."""
_MOST_STEPS = 1e9
_SPARSE = 2.5
"""Columns a step from which every step is read by itself."""
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
    def name(self) -> str:
        """Name of the picture's file."""
        return self.series.source

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
    line, axes = chart.traced.line, chart.axes
    steps, loss = _steps(line, axes.x), _loss(line.middle, line, axes.y)
    if axes.y is not None and loss.max() < how.chart.least_loss:
        return None
    whole = np.arange(np.ceil(steps[0]), np.floor(steps[-1]) + 1)
    if len(whole) * _SPARSE < len(steps):
        values = _loss(_at_values(line, np.interp(whole, steps, line.x)), line, axes.y)
        readings: tuple[Series, ...] = (Series(whole.astype(np.int64), values, Unit.RAW, source=name),)
    else:
        readings = _readings(name, steps, loss)
    return ChartReading(readings[0], readings[1:], axes, chart.traced.smoothed is not None, chart.traced.others)


def _readings(name: str, steps: Floats, loss: Floats) -> tuple[Series, ...]:
    taken = [slice(first, None, apart) for apart in _APART for first in range(apart)]
    found = [_distinct(name, steps[each], loss[each]) for each in taken]
    return tuple(each for each in found if len(each.loss) >= _FEWEST) or (found[0],)


def _at_values(line: Line, places: Floats) -> Floats:
    """Return the rows of single values, at columns `places`: at a peak the upper edge of the ink, not its middle.

    Between two values the ink of a steep line reaches over many rows.
    """
    pen = min(line.thickness, float(np.median(line.bottom - line.top))) / 2
    top, bottom = np.interp(places, line.x, line.top) + pen, np.interp(places, line.x, line.bottom) - pen
    middle = np.interp(places, line.x, line.middle)
    before, after = np.roll(middle, 1), np.roll(middle, -1)
    before[0], after[-1] = after[0], before[-1]
    peak, valley = (middle <= before) & (middle <= after), (middle >= before) & (middle >= after)
    return np.where(
        peak & ~valley, np.minimum(top, middle), np.where(valley & ~peak, np.maximum(bottom, middle), middle)
    )


def _distinct(name: str, steps: Floats, loss: Floats) -> Series:
    numbers = np.round(steps).astype(np.int64)
    kept = np.concatenate([[True], np.diff(numbers) > 0])
    return Series(numbers[kept], loss[kept], Unit.RAW, source=name)


def _steps(line: Line, scale: Scale | None) -> Floats:
    columns = line.x + 0.5
    if scale is None:
        return np.asarray((columns - columns[0]) * _STEPS_A_COLUMN)
    return np.clip(scale.values(columns), 0, _MOST_STEPS)


def _loss(rows: Floats, line: Line, scale: Scale | None) -> Floats:
    """Return the loss at rows of the picture; never below half of what a pixel is worth."""
    if scale is None:
        lowest, highest = float(line.middle.max()), float(line.middle.min())
        return np.asarray(_UNREAD_FLOOR + (1 - _UNREAD_FLOOR) * (lowest - rows) / max(lowest - highest, 1.0))
    loss = scale.values(rows)
    return loss if scale.log else np.maximum(loss, abs(scale.slope) / 2)
