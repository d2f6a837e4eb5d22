"""Is this picture a chart? Photos, samples and pages of text are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.screenshot.axes import Axes, x_scale, y_scale
from diagnostics.screenshot.components import grown
from diagnostics.screenshot.numbers import Label, read_label, with_digits
from diagnostics.screenshot.pixels import Canvas, Pixels, Plane, canvas
from diagnostics.screenshot.plot_area import PlotArea, plot_area
from diagnostics.screenshot.text import Box, words
from diagnostics.screenshot.trace import Traced, trace
from knowledge.screenshots import ScreenshotKnowledge

_FAINT = 9.0
"""Difference from the background from which a grid line is seen."""
_BRIGHTER = 2.0
"""Factor by which coloured text differs less in brightness than in its strongest channel."""
_LEAST_LINES = 0.35
"""Share of the picture's width that a grid line spans."""


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart found in a picture."""

    traced: Traced
    area: PlotArea | None
    axes: Axes


def find_chart(pixels: Pixels, how: ScreenshotKnowledge) -> Chart | None:
    """Find the chart in a picture (height, width, 3); None where it is none.

    A chart is one flat background, one line across it that rises and falls, and beside it numbers in a row or a column
    that make a scale, or the straight lines of frame and grid.
    """
    picture = canvas(pixels)
    if picture.flat < how.chart.flat:
        return None
    traced = trace(picture, how.chart, how.curve)
    if traced is None:
        return None
    area = _area(picture, traced)
    axes = _axes(picture, traced, area, how)
    lines = area.lines if area else 0
    if axes.labels < how.chart.fewest_labels and lines < how.chart.fewest_lines:
        return None
    if axes.x is None and axes.y is None and lines < how.chart.fewest_lines:
        return None
    return Chart(traced, area, axes)


def _area(picture: Canvas, traced: Traced) -> PlotArea | None:
    """Return the frame round the curve: lines that reach as far as it does."""
    line, seen = traced.line, picture.strength > _FAINT
    # the curve parts grid lines, or lies over them: both are tried
    tried = [plot_area(mask, _LEAST_LINES) for mask in (seen & ~grown(traced.ink, 3), seen)]
    fitting = [area for area in tried if area and area.left <= line.x[0] + 4 and area.right >= line.x[-1] - 4]
    return max(fitting, key=lambda area: area.lines, default=None)


def _axes(picture: Canvas, traced: Traced, area: PlotArea | None, how: ScreenshotKnowledge) -> Axes:
    line = traced.line
    below = int(line.bottom.max()) + 1 if area is None else max(int(line.bottom.max()), area.bottom) + 1
    ink = grown(traced.ink, 1)
    top = int(line.top.min()) if area is None else min(int(line.top.min()), area.top)
    left, across = max(int(line.x[0]) - 2, 0), picture.width // 8
    high = max(int(line.bottom.max() - line.top.min()), area.bottom - area.top if area else 0)
    beside = Box(0, left, 0, picture.height - 1)
    over = Box(0, min(left + across, picture.width - 1), 0, max(top - 1, 0))
    under = Box(0, picture.width - 1, min(below + 1, picture.height - 1), picture.height - 1)

    def read(plane: Plane, within: Box) -> list[Label]:
        text = (plane > how.axis.ink) & ~ink
        found = (read_label(word, how.axis.score) for word in words(text, plane, within))
        return with_digits([label for label in found if label is not None])

    x = y = None
    # JPEG keeps brightness sharper than colour, but not every text differs much in brightness
    for plane in (picture.strength, np.minimum(_BRIGHTER * picture.brightness, 255)):
        if x is None:
            x = x_scale(read(plane, under), int(line.x[-1] - line.x[0]), how.axis)
        if y is None:
            factors = [label for label in read(plane, over) if label.factor]
            y = y_scale(read(plane, beside), factors, high, how.axis)
    return Axes(x, y, (x.labels if x else 0) + (y.labels if y else 0))
