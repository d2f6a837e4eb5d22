"""Perceptual hashes and structural similarity of small grey pictures, in numpy alone.

Sources: hash of low frequencies, Zauner 2010; structural similarity, Wang et al. 2004 (constants K1 .01, K2 .03).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

_SIDE, _LOW = 32, 8
_WINDOW = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_BITS = np.left_shift(np.uint64(1), np.arange(64, dtype=np.uint64))

VIEWS: tuple[tuple[float, float, float, bool], ...] = (
    # left, top, share of width and height that stays, mirrored
    (0.0, 0.0, 1.0, False),
    (0.0, 0.0, 1.0, True),
    *(
        (x * margin, y * margin, 1 - margin, False)
        for margin in (0.12, 0.24)
        for y in (0.0, 0.5, 1.0)
        for x in (0.0, 0.5, 1.0)
    ),
    *((margin / 2, margin / 2, 1 - margin, False) for margin in (0.06, 0.18, 0.30)),
)
"""The whole, its mirror image, crops that lose 6 % and 12 % a side or all on one side, and 3 %, 9 % and 15 % a side."""


def _cosines() -> Grey:
    n = np.arange(_SIDE)
    waves: Grey = np.cos(np.pi * (2 * n[None, :] + 1) * np.arange(_LOW)[:, None] / (2 * _SIDE)).astype(np.float32)
    return waves


_DCT = _cosines()


def shrunk(grey: Grey, side: int) -> Grey:
    """Return `grey` as `side` x `side`, each pixel the mean of what it covers."""
    return _means(_means(grey, side).T, side).T


def _means(grey: Grey, count: int) -> Grey:
    """Average over rows: `count` bands of equal height, their borders between rows taken in part."""
    rows = grey.shape[0]
    sums = np.concatenate([np.zeros((1, grey.shape[1])), np.cumsum(grey, axis=0, dtype=np.float64)])
    edges = np.linspace(0, rows, count + 1)
    whole = np.minimum(edges.astype(int), rows - 1)
    at = sums[whole] + (edges - whole)[:, None] * grey[whole]
    means: Grey = ((at[1:] - at[:-1]) * (count / rows)).astype(np.float32)
    return means


def hash_of(grey: Grey) -> np.uint64:
    """Return the perceptual hash: which of the 64 lowest frequencies lie above their median (the mean left out)."""
    low = _DCT @ shrunk(grey, _SIDE) @ _DCT.T
    flat = low.ravel()
    bits = flat > np.median(flat[1:])
    return np.uint64((_BITS * bits).sum(dtype=np.uint64))


def view(grey: Grey, number: int) -> Grey:
    """Return the view of `grey` that `VIEWS` lists under `number`."""
    left, top, share, mirrored = VIEWS[number]
    height, width = grey.shape
    x, y = round(left * width), round(top * height)
    part = grey[y : y + max(2, round(share * height)), x : x + max(2, round(share * width))]
    return part[:, ::-1] if mirrored else part


def distances(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the Hamming distances of two lists of hashes, as a matrix."""
    bits: NDArray[np.uint8] = np.bitwise_count(one[:, None] ^ other[None, :])
    return bits


def similarity(one: Grey, other: Grey) -> float:
    """Return the structural similarity of two greys of equal size, -1..1, over 8x8 windows."""
    windows = [
        np.lib.stride_tricks.sliding_window_view(grey.astype(np.float64), (_WINDOW, _WINDOW))[::4, ::4]
        for grey in (one, other)
    ]
    a, b = (window.reshape(*window.shape[:2], -1) for window in windows)
    mean_a, mean_b = a.mean(-1), b.mean(-1)
    spread_a, spread_b = a.var(-1), b.var(-1)
    shared = (a * b).mean(-1) - mean_a * mean_b
    alike = ((2 * mean_a * mean_b + _C1) * (2 * shared + _C2)) / (
        (mean_a**2 + mean_b**2 + _C1) * (spread_a + spread_b + _C2)
    )
    return float(alike.mean())
