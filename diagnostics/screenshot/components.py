"""Connected components of a mask: runs of each row, joined where they touch the row below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Components:
    """The components of a mask, each with its box (edges included) and its pixels.

    `labels` has the shape of the mask: number of the component, -1 off the mask. The other arrays have one value each.
    """

    labels: Ints
    left: Ints
    right: Ints
    top: Ints
    bottom: Ints
    pixels: Ints

    @property
    def width(self) -> Ints:
        """Columns from edge to edge."""
        return self.right - self.left + 1

    @property
    def height(self) -> Ints:
        """Rows from edge to edge."""
        return self.bottom - self.top + 1


def components(mask: Mask) -> Components:
    """Return the components of a mask, corners counting as touching."""
    rows, starts, ends = _runs(mask)
    upper, lower = _touching(rows, starts, ends, mask.shape[1])
    names = _joined(len(rows), upper, lower)
    found, number = np.unique(names, return_inverse=True)
    count = len(found)
    left, top = np.full(count, mask.shape[1]), np.full(count, mask.shape[0])
    right, bottom, pixels = np.full(count, -1), np.full(count, -1), np.zeros(count, np.int64)
    np.minimum.at(left, number, starts)
    np.maximum.at(right, number, ends)
    np.minimum.at(top, number, rows)
    np.maximum.at(bottom, number, rows)
    np.add.at(pixels, number, ends - starts + 1)
    labels = np.full(mask.shape, -1, np.int64)
    labels[mask] = np.repeat(number, ends - starts + 1)
    return Components(labels, left, right, top, bottom, pixels)


def _runs(mask: Mask) -> tuple[Ints, Ints, Ints]:
    """Return row, first and last column of every run of a row, in reading order."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1] - 1
    return rows, starts, ends


def _touching(rows: Ints, starts: Ints, ends: Ints, width: int) -> tuple[Ints, Ints]:
    """Return the pairs of runs that touch: number of the upper, number of the lower."""
    wide = width + 2
    first = np.searchsorted(rows * wide + ends, (rows + 1) * wide + np.maximum(starts - 1, 0))
    last = np.searchsorted(rows * wide + starts, (rows + 1) * wide + np.minimum(ends + 1, width - 1), side="right")
    counts = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(upper)) - np.repeat(np.cumsum(counts) - counts, counts)
    return upper, np.repeat(first, counts) + within


def _joined(count: int, upper: Ints, lower: Ints) -> Ints:
    """Return a name for every run, equal for those that hang together: least numbers spread, paths are halved."""
    names = np.arange(count)
    while len(upper):
        before = names.copy()
        least = np.minimum(names[upper], names[lower])
        np.minimum.at(names, names[upper], least)
        np.minimum.at(names, names[lower], least)
        names = names[names]
        if np.array_equal(before, names):
            break
    return names


def grown(mask: Mask, by: int) -> Mask:
    """Return the mask grown by so many pixels each way."""
    out = mask.copy()
    for axis in (0, 1):
        once = out.copy()
        for shift in range(1, by + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(shift, None), slice(None, -shift)
            out[tuple(ahead)] |= once[tuple(behind)]
            out[tuple(behind)] |= once[tuple(ahead)]
    return out
