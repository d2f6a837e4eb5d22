"""The colours of a picture's border, as a smoothed Lab histogram: what stands behind the subject.

Source of the conversion: CIE 15:2004, sRGB of IEC 61966-2-1, white point D65.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_BINS = (8, 12, 12)
_LEAST, _MOST = np.array([0.0, -60.0, -60.0]), np.array([100.0, 60.0, 60.0])
_SIDE, _TOP = 0.18, 0.15
"""Share of the width at the left and the right, and of the height at the top, that counts as border."""
_STEP = 8
"""Colours are looked up in steps of this: 32 levels a channel."""
_MATRIX = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.95047, 1.0, 1.08883])


def border_colours(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the histogram of the border of an RGB picture: 8 x 12 x 12 bins of L, a and b, smoothed, summing to 1."""
    height, width = colours.shape[:2]
    side, top = max(1, round(width * _SIDE)), max(1, round(height * _TOP))
    ring = np.concatenate(
        [part.reshape(-1, 3) for part in (colours[:top], colours[top:, :side], colours[top:, width - side :])]
    )
    levels = (ring // _STEP).astype(np.int32)
    bins = _table()[levels[:, 0], levels[:, 1], levels[:, 2]]
    counts = np.bincount(bins, minlength=int(np.prod(_BINS))).astype(np.float32).reshape(_BINS)
    for axis in range(3):
        counts = _smoothed(counts, axis)
    smooth: NDArray[np.float32] = (counts / counts.sum()).ravel()
    return smooth


def overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the intersection of two histograms, 0..1."""
    return float(np.minimum(one, other).sum())


@cache
def _table() -> NDArray[np.int32]:
    """Return the bin of every colour, in steps."""
    levels = np.arange(_STEP // 2, 256, _STEP) / 255
    rgb = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _MATRIX.T / _WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    lab = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
    place = np.clip(((lab - _LEAST) / (_MOST - _LEAST) * _BINS).astype(int), 0, np.array(_BINS) - 1)
    bins: NDArray[np.int32] = ((place[..., 0] * _BINS[1] + place[..., 1]) * _BINS[2] + place[..., 2]).astype(np.int32)
    return bins


def _smoothed(counts: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Spread each bin over its neighbours, 1:2:1."""
    padded = np.pad(counts, [(1, 1) if each == axis else (0, 0) for each in range(3)])
    moved = [np.take(padded, np.arange(start, start + counts.shape[axis]), axis) for start in range(3)]
    smooth: NDArray[np.float32] = ((moved[0] + 2 * moved[1] + moved[2]) / 4).astype(np.float32)
    return smooth
