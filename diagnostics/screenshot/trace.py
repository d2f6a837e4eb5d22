"""The curve of a chart: which ink is the line, and where it runs in each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.screenshot.components import Components, Mask, components, grown
from diagnostics.screenshot.pixels import Canvas, Plane, hue_distance
from diagnostics.screenshot.plot_area import plot_area
from knowledge.screenshots import ChartSigns, CurveSigns

Floats = NDArray[np.float64]
_HUES = 72
_MOST_HUES = 4
_FULL = 99.3
"""Percentile of the strengths of a line that counts as its full strength: edges and a fainter line lie below."""
_DARK = 0.45
"""Share of full strength from which grey ink may be the curve: grids are fainter."""
_EDGE = 4
"""Pixels at the edge of a frame that are its own line."""
_LEAST_AREA = 0.3
"""Share of the picture's height that a frame has."""
_LONG_PART, _NARROW_GAP = 0.08, 6
"""Share of the width of a part that a gap as wide may set apart from its line; pixels where the part is shorter."""
_MOST_OF = 0.8
"""Share of the columns that a line in two strengths must show in."""
_TALL, _STILL = 0.3, 0.02
"""Shares of the height: ink that is so tall in most columns and moves so little is a table or a box."""
_HALO = 2
"""Pixels round a line that its smoothed edges reach."""
_SMOOTHER = 0.6
"""A line is the smoothed one of a pair where it is so much less rough than the other."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line in pixels. `x` are its columns, rising; `top` and `bottom` the edges of its ink, rows from the top.

    Where many values share a column, the ink reaches from the lowest to the highest of them.
    """

    x: Floats
    top: Floats
    bottom: Floats
    thickness: float
    """Height of the ink in the lowest tenth of the columns: that of the pen, unless every column is full."""

    @property
    def middle(self) -> Floats:
        """Middle of the ink in rows."""
        return (self.top + self.bottom) / 2

    @property
    def roughness(self) -> float:
        """How far the line jumps and reaches in a column, beyond its thickness: mean in rows."""
        reach = np.maximum(self.bottom - self.top - self.thickness, 0)
        bends = np.abs(np.diff(self.middle, 2)) if len(self.x) > 2 else np.zeros(1)
        return float(reach.mean() + bends.mean())


@dataclass(frozen=True, eq=False)
class Traced:
    """What was found of the curve: the line as logged, its smoothed companion where one is drawn, and the ink of both.

    `others` counts further lines of another hue: several runs, or a training and an evaluation loss.
    """

    line: Line
    smoothed: Line | None
    ink: Mask
    others: int = 0


def trace(picture: Canvas, chart: ChartSigns, signs: CurveSigns) -> Traced | None:
    """Find the curve: the roughest of the lines that span the picture. None where there is none."""
    found = [
        traced
        for ink, full in _inks(picture, chart, signs)
        if (traced := _layers(picture, ink, full, signs)) and _is_line(traced.line, ink, chart)
    ]
    if not found:
        return None
    found.sort(key=lambda each: -each.line.roughness)
    first, others = found[0], found[1:]
    smooth = [
        each for each in others if each.line.roughness < _SMOOTHER * first.line.roughness and _within(each, first)
    ]
    companion = first.smoothed or (smooth[0].line if smooth else None)
    ink = first.ink
    for each in others:
        ink = ink | each.ink
    return Traced(first.line, companion, ink, len(others) - min(len(smooth), 1))


def _within(inner: Traced, outer: Traced) -> bool:
    """Tell whether a line runs through the band of another, as an average does."""
    columns, ours, theirs = np.intersect1d(inner.line.x, outer.line.x, return_indices=True)
    if not len(columns):
        return False
    middle, slack = inner.line.middle[ours], 2 * outer.line.thickness
    around = np.ones(15)
    low = _smeared(outer.line.top[theirs], around, np.minimum) - slack
    high = _smeared(outer.line.bottom[theirs], around, np.maximum) + slack
    return bool(((middle >= low) & (middle <= high)).mean() > 0.7)


def _smeared(values: Floats, around: Floats, pick: np.ufunc) -> Floats:
    half = len(around) // 2
    padded = np.pad(values, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(around))
    return np.asarray(pick.reduce(windows, axis=1))


def _inks(picture: Canvas, chart: ChartSigns, signs: CurveSigns) -> Iterator[tuple[Mask, float]]:
    """Yield the ink of every line that spans the picture, with its full strength."""
    coloured = picture.chroma > signs.chroma
    spans = False
    for centre in _hues(picture, coloured):
        near = coloured & (hue_distance(picture.hue, centre) < signs.hue)
        ink = _spanning(near, chart)
        if ink is not None:
            spans = True
            yield ink, float(np.percentile(picture.strength[ink], _FULL))
    if not spans:
        yield from _grey(picture, coloured, chart, signs)


def _grey(picture: Canvas, coloured: Mask, chart: ChartSigns, signs: CurveSigns) -> Iterator[tuple[Mask, float]]:
    """Yield the ink of a black, white or grey line: what is left when frame and grid are taken away."""
    plain = (picture.strength > signs.chroma) & ~coloured
    if not plain.any():
        return
    strong = float(np.percentile(picture.strength[plain], _FULL))
    dark = plain & (picture.strength > _DARK * strong)
    area = plot_area(dark, signs.line)
    if area is not None and area.bottom - area.top > _LEAST_AREA * picture.height:
        inside = np.zeros_like(dark)
        inside[area.top + _EDGE : area.bottom + 1 - _EDGE, area.left + _EDGE : area.right + 1 - _EDGE] = True
        dark &= inside
    elif area is not None:
        dark[area.bottom - _EDGE + 1 :] = False
        dark[:, : area.left + _EDGE] = False
    ink = _spanning(dark, chart)
    if ink is not None:
        yield ink, strong


def _hues(picture: Canvas, coloured: Mask) -> list[float]:
    """Return the commonest hues, the most frequent first."""
    if not coloured.any():
        return []
    counts = np.histogram(picture.hue[coloured], _HUES, (-np.pi, np.pi))[0].astype(float)
    smooth = sum((np.roll(counts, shift) for shift in (-1, 0, 1)), np.zeros(_HUES))
    found: list[float] = []
    for _ in range(_MOST_HUES):
        peak = int(smooth.argmax())
        if smooth[peak] <= 0:
            break
        found.append(-np.pi + (peak + 0.5) * 2 * np.pi / _HUES)
        smooth[np.arange(peak - 6, peak + 7) % _HUES] = 0
    return found


def _spanning(mask: Mask, chart: ChartSigns) -> Mask | None:
    """Return the part of a mask that is one line across the picture, with what continues it; None without one."""
    width = mask.shape[1]
    parts = components(grown(mask, 2))
    if not len(parts.width):
        return None
    widest = int((parts.width * (parts.height > 1)).argmax())
    left, right = int(parts.left[widest]), int(parts.right[widest])
    chosen = [widest]
    top, bottom = int(parts.top[widest]), int(parts.bottom[widest])
    if right - left < 0.1 * width:
        return None
    # a gap (a logged NaN, a line drawn over it) parts the line: what stands beside it at its height belongs to it
    for number in np.argsort(-parts.width):
        beside = parts.left[number] >= right - 2 or parts.right[number] <= left + 2
        gap = max(int(parts.left[number]) - right, left - int(parts.right[number]))
        high = parts.top[number] <= bottom and parts.bottom[number] >= top
        long = parts.width[number] > _LONG_PART * width and gap < _LONG_PART * width
        if beside and high and (long or (gap <= _NARROW_GAP and _alone(parts, int(number), chosen))):
            chosen.append(int(number))
            left, right = min(left, int(parts.left[number])), max(right, int(parts.right[number]))
    found = mask & np.isin(parts.labels, chosen)
    shown = np.asarray(found.any(axis=0))
    columns = np.flatnonzero(shown)
    if not len(columns) or columns[-1] - columns[0] < chart.span * width:
        return None
    return found if shown[columns[0] : columns[-1] + 1].mean() >= chart.coverage else None


def _alone(parts: Components, number: int, chosen: list[int]) -> bool:
    """Tell whether nothing stands above or below a part: tick labels in the colour of the line stand in a column."""
    over = (parts.left <= parts.right[number]) & (parts.right >= parts.left[number])
    over[[number, *chosen]] = False
    return not over.any()


def _layers(picture: Canvas, ink: Mask, full: float, signs: CurveSigns) -> Traced | None:
    """Part the ink of one hue into the line as logged and a smoothed one, where both are drawn."""
    share = picture.strength / max(full, 1.0)
    strong = ink & (share > signs.strong)
    faint = ink & (share > signs.ink) & (share < 0.9 * signs.strong) & ~grown(strong, _HALO)
    whole = _line(ink & (share > signs.ink), share)
    shown = ink.any(axis=0).sum()
    if whole is None or not strong.any():
        return None
    if faint.any(axis=0).sum() < signs.faint_columns * shown:
        return Traced(whole, None, ink)
    upper, lower = _line(strong, share), _line(faint, share / signs.strong)
    if upper is None or lower is None:
        return Traced(whole, None, ink)
    if lower.roughness < _SMOOTHER * upper.roughness:
        return Traced(upper, lower, ink)
    both = _joined(lower, upper)
    if len(both.x) < _MOST_OF * shown:
        return Traced(whole, None, ink)
    return Traced(both, upper if upper.roughness < _SMOOTHER * lower.roughness else None, ink)


def _joined(faint: Line, strong: Line) -> Line:
    """Return the fainter line, completed by the stronger one where that lies over it."""
    columns = np.union1d(faint.x, strong.x)
    top, bottom = np.full(len(columns), np.nan), np.full(len(columns), np.nan)
    at = np.searchsorted(columns, faint.x)
    top[at], bottom[at] = faint.top, faint.bottom
    over = np.searchsorted(columns, strong.x)
    reach = 2 * _HALO
    hidden = np.isnan(top[over])
    near = (strong.bottom >= top[over] - reach) & (strong.top <= bottom[over] + reach)
    taken = hidden | near
    top[over[taken]] = np.fmin(top[over[taken]], strong.top[taken])
    bottom[over[taken]] = np.fmax(bottom[over[taken]], strong.bottom[taken])
    return Line(columns, top, bottom, min(faint.thickness, strong.thickness))


def _line(mask: Mask, share: Plane) -> Line | None:
    """Return the edges of a mask in each column, parts of a pixel by how strong the ink is there."""
    columns = np.flatnonzero(mask.any(axis=0))
    if len(columns) < 2:
        return None
    inside = mask[:, columns]
    first = inside.argmax(axis=0)
    last = mask.shape[0] - 1 - inside[::-1].argmax(axis=0)
    top = first + 1 - np.clip(share[first, columns], 0, 1)
    bottom = last + np.clip(share[last, columns], 0, 1)
    bottom = np.maximum(bottom, top + 0.5)
    return Line(columns.astype(float), top, bottom, float(np.percentile(bottom - top, 10)))


def _is_line(line: Line, ink: Mask, chart: ChartSigns) -> bool:
    """Tell a curve from a rule, a bar, a banner or a table: it moves, and it does not fill its box."""
    height = line.bottom.max() - line.top.min()
    box = ink[int(line.top.min()) : int(line.bottom.max()) + 1, int(line.x[0]) : int(line.x[-1]) + 1]
    if np.median(line.bottom - line.top) > _TALL * height and line.middle.std() < _STILL * height:
        return False
    return bool(height > chart.thin + line.thickness and box.mean() < chart.fill)
