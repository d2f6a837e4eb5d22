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
_MOST_LETTERS = 4000
_MOST_CUTS = 24
_THIN, _LONG = 2, 16
"""Pixels: what is so thin and so long is a piece of a line."""
_LONGEST = 14
"""A tick label is at most so many times as wide as high."""
_GAP = 0.22
"""Coverage of a column below which nothing stands there."""
_WIDE = 0.55
"""Pieces wider than this share of the height may be several characters that touch."""
_NARROW = 0.12
"""Share of the height that the narrowest character is wide."""
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
    pieces: tuple[tuple[Box, ...], ...]
    """What stands apart, each cut where its ink is thin: one character or, where they touch, several."""
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
    rule = (letters.height <= _THIN) & (letters.width > _LONG)
    smeared = np.zeros_like(area)
    for number in np.flatnonzero((letters.height <= MOST) & (letters.width <= 4 * MOST) & ~rule)[:_MOST_LETTERS]:
        # by their boxes: the foot of a 4 is far from the full stop before it
        left, right = max(int(letters.left[number]) - gap, 0), int(letters.right[number]) + gap + 1
        smeared[letters.top[number] : letters.bottom[number] + 1, left:right] = True
    kept = area & smeared
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
        ink = kept[found.top[number] : found.bottom[number] + 1, found.left[number] : found.right[number] + 1]
        columns = np.flatnonzero((ink & (inside == number)).any(axis=0))
        if not len(columns):
            continue
        # one pixel round the ink: what is fainter than the threshold there is the smooth edge of a letter
        first, last = max(int(columns[0]) - 1, 0), int(columns[-1]) + 1
        box = Box(box.left + first, min(box.left + last, box.right), box.top, box.bottom)
        part = (inside == number)[:, first : last + 1]
        word = cut(box, strength[box.top : box.bottom + 1, box.left : box.right + 1] * part)
        if word is not None:
            yield word


def cut(box: Box, strength: Plane) -> Word | None:
    """Cut the ink of a word into its characters."""
    full = float(np.percentile(strength[strength > 0], 95)) if (strength > 0).any() else 0.0
    if full <= 0:
        return None
    coverage = np.clip(strength / full, 0, 1).astype(np.float32)
    trimmed = (_trimmed(coverage, first, last) for first, last in _runs(coverage.max(axis=0) >= _GAP))
    pieces = [piece for piece in trimmed if piece is not None]
    if not pieces:
        return None
    tallest = max(piece.height for piece in pieces)
    full_ones = [piece for piece in pieces if piece.height >= _FULL * tallest]
    top = int(np.median([piece.top for piece in full_ones]))
    bottom = int(np.median([piece.bottom for piece in full_ones]))
    parts = (_parted(coverage, piece, bottom - top + 1) for piece in pieces)
    return Word(box, coverage, tuple(part for part in parts if part), top, bottom)


def joined(boxes: tuple[Box, ...]) -> Box:
    """Return the box round several boxes."""
    return Box(
        min(box.left for box in boxes),
        max(box.right for box in boxes),
        min(box.top for box in boxes),
        max(box.bottom for box in boxes),
    )


def _trimmed(coverage: Rows, first: int, last: int) -> Box | None:
    rows = np.flatnonzero(coverage[:, first : last + 1].max(axis=1) >= _GAP)
    return Box(first, last, int(rows[0]), int(rows[-1])) if len(rows) else None


def _parted(coverage: Rows, piece: Box, height: int) -> tuple[Box, ...]:
    """Cut a piece that may be several characters wherever its ink has a valley."""
    ink = coverage[:, piece.left : piece.right + 1].sum(axis=0)
    least = max(1, round(_NARROW * height))
    cuts = [0]
    if piece.width > _WIDE * height:
        inner = range(least, piece.width - least + 1)
        valleys = [at for at in inner if ink[at] <= ink[at - 1] and ink[at] <= ink[min(at + 1, piece.width - 1)]]
        for at in valleys[:_MOST_CUTS]:
            if at - cuts[-1] >= least:
                cuts.append(at)
    cuts.append(piece.width)
    parts = (_trimmed(coverage, piece.left + first, piece.left + after - 1) for first, after in pairwise(cuts))
    return tuple(part for part in parts if part is not None)


def _runs(marks: Mask) -> list[tuple[int, int]]:
    change = np.diff(np.concatenate([[0], marks.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
