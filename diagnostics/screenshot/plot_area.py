"""The frame of a chart: straight thin lines of axes, box and grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.screenshot.components import Mask

_THICKEST = 0.006
"""Share of the picture's height up to which a line is thin."""
_SAME = 0.02
"""Share of the width by which ends of lines of one frame may differ."""


@dataclass(frozen=True, slots=True)
class PlotArea:
    """What straight lines enclose, in pixels, edges included; `lines` is how many there are."""

    left: int
    right: int
    top: int
    bottom: int
    lines: int


def plot_area(mask: Mask, share: float) -> PlotArea | None:
    """Return what the horizontal lines of a mask (runs over `share` of its width) span; None where there is none.

    Dashed lines count: gaps up to a few pixels are closed.
    """
    found = _lines(mask, share)
    if not found:
        return None
    longest = max(found, key=lambda line: line[2] - line[1])
    slack = _SAME * mask.shape[1] + 2
    alike = [line for line in found if abs(line[1] - longest[1]) <= slack and abs(line[2] - longest[2]) <= slack]
    rows = [line[0] for line in alike]
    return PlotArea(longest[1], longest[2], min(rows), max(rows), len(alike))


def _lines(mask: Mask, share: float) -> list[tuple[int, int, int]]:
    """Return row, first and last column of every thin horizontal line."""
    closed = mask.copy()
    for shift in range(1, 5):
        closed[:, shift:] |= mask[:, :-shift]
    rows = np.flatnonzero(closed.mean(axis=1) >= share).tolist()
    runs = [(int(row), *_longest(closed[row])) for row in rows]
    long = [(row, first, last) for row, first, last in runs if last - first >= share * mask.shape[1]]
    groups: list[list[tuple[int, int, int]]] = []
    for line in long:
        if groups and line[0] - groups[-1][-1][0] <= 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    thickest = max(3, round(_THICKEST * mask.shape[0]))
    return [group[len(group) // 2] for group in groups if len(group) <= thickest]


def _longest(row: Mask) -> tuple[int, int]:
    change = np.diff(np.concatenate([[0], row.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1
    best = int((ends - starts).argmax())
    return int(starts[best]), int(ends[best])
