"""Refreshes of a progress bar by their shape: what one looked like, the next hundred thousand do too.

The regular expressions of `progress` read a refresh in 15 µs. A log of a gigabyte has ten million. So the end of each
refresh that they understood becomes a shape, literal bytes and digits by position, and numpy finds all segments that
end alike and reads their loss; of those that the curve needs, every number is read the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.blocks import Block
from diagnostics.log.numerals import Numeral
from diagnostics.log.progress import Progress, parse

Rows = NDArray[np.uint8]
"""The last bytes of segments, one row each, aligned to the right."""

ROW = 192
"""Bytes of a refresh that its numbers are looked for in: counter, clocks and what stands behind. At most `PAD`."""
_END = 48
"""Bytes that tell a refresh: its loss and all behind it."""
_WORD = 8
_KEY = 8
"""Literal bytes before the loss that belong to its shape."""
_MOST = 48
"""Shapes known at a time; a log has one to five."""
_GROUPS = 400
"""Layouts of one batch that are read as a group; what is left over is read one by one."""

_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)


class Shape:
    """How a refresh ends, and how it begins: literal bytes, and places where any digit may stand."""

    def __init__(self, segment: bytes, progress: Progress, loss: Numeral, start: int) -> None:
        tail = segment[start:].rjust(_END, b"\0")
        digits = np.frombuffer(bytes(0xFF if chr(byte).isdigit() else 0 for byte in tail), np.uint64)
        known = np.frombuffer((b"\xff" * (len(segment) - start)).rjust(_END, b"\0"), np.uint64)
        self.progress = progress
        self.loss = loss
        self._digits = digits
        self._literal = known & ~digits
        words = np.frombuffer(tail, np.uint64)
        self._words = (words & ~digits) | (_ZEROS & digits)
        head = segment[:_KEY].ljust(_KEY, b"\0")
        letters = bytes(0xFF if chr(byte).isalpha() else 0 for byte in head)
        self._letters = np.frombuffer(letters, np.uint64)[0]
        self._head = np.frombuffer(head, np.uint64)[0] & self._letters

    def matches(self, ends: NDArray[np.uint64], heads: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell which segments have this shape, by their last `_END` bytes (as columns of words) and their first 8."""
        wrong = (heads & self._letters) ^ self._head
        for word in range(_END // _WORD):
            literal, digits = self._literal[word], self._digits[word]
            if not literal and not digits:
                continue
            differing = ends[word] ^ self._words[word]
            if literal:
                wrong |= differing & literal
            if digits:
                # a digit differs from "0" by 0 to 9; adding 0x76 carries everything else into the high bit
                figure = differing & digits
                wrong |= ((figure + (_ABOVE_NINE & digits)) | figure) & (_HIGH & digits)
        same: NDArray[np.bool_] = wrong == 0
        return same


@dataclass(frozen=True, slots=True)
class Ends:
    """The segments of a block by their first bytes and their last: `rows` as bytes, `tails` the same as columns."""

    rows: Rows
    tails: NDArray[np.uint64]
    heads: NDArray[np.uint64]

    @classmethod
    def of(cls, block: Block) -> Ends:
        """Gather them."""
        rows = tails_of(block, slice(None), _END)
        tails = np.ascontiguousarray(rows.view(np.uint64).T)
        return cls(rows, tails, _gather(block, block.starts, _KEY).view(np.uint64))

    def some(self, segments: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return the tails and heads of some segments."""
        if len(segments) == len(self.rows):
            return self.tails, self.heads
        return self.tails[:, segments], self.heads[segments]


class Shapes:
    """All shapes of one log."""

    def __init__(self) -> None:
        self.known: list[Shape] = []

    def learn(self, segment: bytes, progress: Progress) -> Shape | None:
        """Remember how `segment` ends, where it is a refresh with a loss and nothing behind; return what is new."""
        if progress.places.loss is None or progress.glued or len(self.known) >= _MOST:
            return None
        # positions are those of the bytes: bars are drawn with characters of three
        text = segment.decode("latin-1")
        exact = parse(text)
        if exact is None or (exact.loss != progress.loss and exact.loss == exact.loss) or exact.places.loss is None:
            return None
        first, last = exact.places.loss
        start = max(first - _KEY, 0)
        if len(segment) - start > _END or "\n" in text:
            return None
        loss = Numeral.of(text[first:last], first - len(segment) + _END)
        if loss is None:
            return None
        shape = Shape(segment, progress, loss, start)
        self.known.append(shape)
        return shape


def tails_of(block: Block, segments: NDArray[np.int64] | slice, width: int) -> Rows:
    """Return the last `width` bytes before the end of each segment: what stands before a short one is in it too."""
    return _gather(block, block.ends[segments] - width, width).view(np.uint8).reshape(-1, width)


def losses(shape: Shape, ends: Ends, segments: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the loss of each of `segments`, which have this shape: near enough to be compared."""
    return shape.loss.estimate(ends.rows if len(segments) == len(ends.rows) else ends.rows[segments])


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of rows that are laid out alike. `which` are their places in the batch."""

    which: NDArray[np.int64]
    like: Progress
    """One of them, read by the regular expressions: what is no number is the same in all."""
    steps: NDArray[np.int64]
    totals: NDArray[np.float64]
    loss: NDArray[np.float64]
    learning_rate: NDArray[np.float64]
    seconds_per_step: NDArray[np.float64]


def figures(rows: Rows) -> Iterator[Figures]:
    """Read every number of `rows` (k x `ROW` bytes), layout by layout; a row that is no progress is passed over."""
    left = np.arange(len(rows))
    digits = (rows - np.uint8(48)) < 10
    keys = _layout(digits)
    for _ in range(_GROUPS):
        if not len(left):
            return
        # the layout of the first row that is left, byte for byte
        first = int(left[0])
        same = left[keys[left] == keys[first]]
        literal = ~digits[first]
        start = _begin(rows[first])
        equal = (rows[same, start:][:, literal[start:]] == rows[first, start:][literal[start:]]).all(axis=1)
        alike = same[equal & (digits[same, start:] == digits[first, start:]).all(axis=1)]
        if (read := _read(rows, first, alike)) is not None:
            yield read
        left = left[~np.isin(left, alike, assume_unique=True)]
    for one in left.tolist():
        if (read := _read(rows, one, np.array([one]))) is not None:
            yield read


def _begin(row: Rows) -> int:
    """Where the layout begins: behind the segment before, and the bar that is drawn before the counter and changes."""
    text = row.tobytes()
    return max(text.rfind(b"|"), text.rfind(b"\n")) + 1


def _layout(digits: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """A number for where the digits of each row stand. The half of the row that holds clocks and loss is enough."""
    words = np.packbits(digits[:, -64:], axis=1).view(np.uint64)
    return words[:, 0]


def _read(rows: Rows, first: int, which: NDArray[np.int64]) -> Figures | None:
    text = rows[first].tobytes().decode("latin-1")
    text = "\0" * (text.rfind("\n") + 1) + text[text.rfind("\n") + 1 :]
    progress = parse(text)
    if progress is None or progress.places.loss is None:
        return None
    alike = rows[which]
    places = progress.places
    step = _numbers(text, places.step, alike)
    loss = _numbers(text, places.loss, alike)
    if step is None or loss is None:
        return None
    unknown = np.full(len(which), np.nan)
    total = _numbers(text, places.total, alike)
    rate = _numbers(text, places.learning_rate, alike)
    speed = _numbers(text, places.rate, alike)
    if speed is not None and places.per_second:
        with np.errstate(divide="ignore"):
            speed = np.where(speed > 0, 1 / speed, np.nan)
    return Figures(
        which,
        progress,
        step.astype(np.int64),
        unknown if total is None else total,
        loss,
        unknown if rate is None else rate,
        unknown if speed is None else speed,
    )


def _numbers(text: str, span: tuple[int, int] | None, rows: Rows) -> NDArray[np.float64] | None:
    numeral = Numeral.of(text[span[0] : span[1]], span[0]) if span else None
    return numeral.read(rows) if numeral else None


def _gather(block: Block, starts: NDArray[np.int64], width: int) -> NDArray[np.void]:
    most = len(block.data) - width
    every = np.ndarray((most + 1,), f"V{width}", block.data, 0, (1,))
    return every[np.minimum(starts, most)]
