"""Words of a picture, cut into characters: boxes alone, nothing is read yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from diagnostics.screenshot.components import Mask, components
from diagnostics.screenshot.pixels import Plane

Rows = NDArray[np.float32]
LEAST, MOST = 5, 60
"""Heights of characters in pixels."""
_MOST_WORDS = 400
_LONGEST = 14
"""A tick label is at most so many times as wide as high."""
_GAP = 0.22
"""Coverage of a column below which nothing stands there."""
_WIDE = 0.95
"""Pieces wider than this share of the height may be several characters that touch."""
_FULL = 0.75
"""Characters of this share of the tallest one's height stand on the base line and reach the top."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box in pixels, edges included."""

    left: int
    right: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left + 1


@dataclass(frozen=True, eq=False)
class Word:
    """A word: where it stands, its ink as coverage 0..1 (rows, columns of `box`) and the boxes of its pieces in it."""

    box: Box
    coverage: Rows
    pieces: tuple[Box, ...]
    top: int
    """First row of its full characters, counted in `coverage`."""
    bottom: int
    """Row of the base line."""


def words(text: Mask, strength: Plane, within: Box) -> Iterator[Word]:
    """Yield what may be words inside `within`; `text` marks the ink."""
    area = text[within.top : within.bottom + 1, within.left : within.right + 1]
    if not area.any():
        return
    letters = components(area)
    tall = (letters.height >= LEAST) & (letters.height <= MOST) & (letters.width <= 4 * MOST)
    if not tall.any():
        return
    # letters of one picture differ in size; the gap inside a word follows the common one
    gap = max(1, round(0.17 * float(np.median(letters.height[tall]))))
    kept = area & np.isin(letters.labels, np.flatnonzero((letters.height <= MOST) & (letters.width <= 4 * MOST)))
    smeared = kept.copy()
    for shift in range(1, gap + 1):
        smeared[:, shift:] |= kept[:, :-shift]
        smeared[:, :-shift] |= kept[:, shift:]
    found = components(smeared)
    right_size = (found.height >= LEAST) & (found.height <= MOST) & (found.width <= _LONGEST * found.height)
    for number in np.flatnonzero(right_size)[:_MOST_WORDS]:
        box = Box(
            within.left + int(found.left[number]),
            within.left + int(found.right[number]),
            within.top + int(found.top[number]),
            within.top + int(found.bottom[number]),
        )
        inside = found.labels[
            found.top[number] : found.bottom[number] + 1, found.left[number] : found.right[number] + 1
        ]
        word = cut(box, strength[box.top : box.bottom + 1, box.left : box.right + 1] * (inside == number))
        if word is not None:
            yield word


def cut(box: Box, strength: Plane) -> Word | None:
    """Cut the ink of a word into its characters."""
    full = float(np.percentile(strength[strength > 0], 95)) if (strength > 0).any() else 0.0
    if full <= 0:
        return None
    coverage = np.clip(strength / full, 0, 1).astype(np.float32)
    pieces = [_trimmed(coverage, first, last) for first, last in _runs(coverage.max(axis=0) >= _GAP)]
    pieces = [piece for piece in pieces if piece is not None]
    if not pieces:
        return None
    tallest = max(piece.height for piece in pieces)
    full_ones = [piece for piece in pieces if piece.height >= _FULL * tallest]
    top = int(np.median([piece.top for piece in full_ones]))
    bottom = int(np.median([piece.bottom for piece in full_ones]))
    apart = [part for piece in pieces for part in _parted(coverage, piece, bottom - top + 1)]
    return Word(box, coverage, tuple(apart), top, bottom)


def _trimmed(coverage: Rows, first: int, last: int) -> Box | None:
    rows = np.flatnonzero(coverage[:, first : last + 1].max(axis=1) >= _GAP)
    return Box(first, last, int(rows[0]), int(rows[-1])) if len(rows) else None


def _parted(coverage: Rows, piece: Box, height: int) -> Iterator[Box]:
    """Part a piece that is too wide for one character where its ink is thinnest."""
    count = round(piece.width / (0.68 * height)) if piece.width > _WIDE * height else 1
    if count < 2:
        yield piece
        return
    ink = coverage[:, piece.left : piece.right + 1].sum(axis=0)
    even = piece.width / count
    cuts = [0]
    for number in range(1, count):
        low, high = round((number - 0.3) * even), round((number + 0.3) * even)
        cuts.append(low + int(ink[low : high + 1].argmin()))
    cuts.append(piece.width)
    for first, after in pairwise(cuts):
        part = _trimmed(coverage, piece.left + first, piece.left + max(after - 1, first))
        if part is not None:
            yield part


def _runs(marks: Mask) -> list[tuple[int, int]]:
    change = np.diff(np.concatenate([[0], marks.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
