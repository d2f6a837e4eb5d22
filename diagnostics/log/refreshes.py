"""The refreshes of a log that look like ones that were understood: found by shape, thinned, and read together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.blocks import Block
from diagnostics.log.content import Content
from diagnostics.log.progress import Progress
from diagnostics.log.series import Points
from diagnostics.log.shapes import ROW, Ends, Rows, Shape, Shapes, figures, losses, tails_of
from diagnostics.log.thinning import Thinner

_BATCH = 8_192


class Refreshes:
    """Takes the blocks of one log in turn, and feeds their refreshes to its content."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._shapes = Shapes()
        self._texts: dict[Shape, str] = {}
        self._thinner = Thinner()
        self._rows: list[Rows] = []
        self._points: list[Points] = []
        self._pending = 0
        self._share = 0.0
        self._last: tuple[Rows, Points] | None = None
        self.known: NDArray[np.bool_] = np.zeros(0, bool)
        """Which segments of the block are refreshes of a known shape."""
        content.settle = self.flush

    @property
    def seen(self) -> int:
        """Refreshes of the training so far."""
        return self._thinner.seen

    def begin(self, block: Block, share: float) -> None:
        """Find the known refreshes of the next block, the end of which is `share` (0..1) of the log."""
        self._thinner.expect(self._share)
        self._share = share
        self._block = block
        self._ends = Ends.of(block)
        self._shape = np.zeros(len(block.starts), np.int8)
        self.known = np.zeros(len(block.starts), bool)
        self._loss = np.full(len(block.starts), np.nan)
        for number in range(len(self._shapes.known)):
            self._find(number, 0)
        self.known[block.coloured] = False

    def take(self, segment: int, progress: Progress, text: str) -> bool:
        """Take a refresh that was read by itself; return whether others after it are known by it."""
        self._thinner.seen += 1
        self._last = None
        if self.known[segment] or "\x1b" in text:
            return False
        shape = self._shapes.learn(self._block.raw(segment), progress)
        if shape is None:
            return False
        self._texts[shape] = text
        self._find(len(self._shapes.known) - 1, segment + 1)
        return True

    def feed(self, begin: int, end: int) -> None:
        """Feed the known refreshes among the segments from `begin` to before `end`."""
        if begin >= end:
            return
        which = np.flatnonzero(self.known[begin:end]) + begin
        if not len(which):
            return
        last = self._shapes.known[self._shape[which[-1]]]
        self._content.told(self._texts[last], last.progress, len(which))
        self._content.facts.phase = "training"
        first = self._thinner.seen
        kept, extreme = self._thinner.choose(self._loss[which])
        self._content.series.thinned |= len(kept) < len(which)
        self._last = None
        if not len(kept) or kept[-1] < len(which) - 1:
            self._last = self._points_at(which[-1:], np.array([first + len(which) - 1]), np.zeros(1, bool))
        if not len(kept):
            return
        rows, points = self._points_at(which[kept], first + kept, extreme)
        self._rows.append(rows)
        self._points.append(points)
        self._pending += len(kept)
        if self._pending >= _BATCH:
            self.flush()

    def close(self) -> None:
        """Read what is left, the last refresh of the log in any case."""
        if self._last is not None:
            rows, points = self._last
            self._rows.append(rows)
            self._points.append(points)
            self._pending += 1
        self.flush()

    def flush(self) -> None:
        """Read what was chosen since the last time."""
        if not self._pending:
            return
        rows = np.concatenate(self._rows)
        points = Points(
            np.concatenate([each.numbers for each in self._points]),
            np.concatenate([each.lines for each in self._points]),
            np.concatenate([each.extreme for each in self._points]),
        )
        self._rows, self._points, self._pending = [], [], 0
        self._content.series.feed_rows(points, tuple(figures(rows)))

    def _points_at(
        self, segments: NDArray[np.int64], numbers: NDArray[np.int64], extreme: NDArray[np.bool_]
    ) -> tuple[Rows, Points]:
        points = Points(numbers, self._block.lines[segments], extreme)
        return tails_of(self._block, segments, ROW), points

    def _find(self, number: int, begin: int) -> None:
        shape = self._shapes.known[number]
        left = np.flatnonzero(~self.known[begin:]) + begin
        if not len(left):
            return
        found = left[shape.matches(*self._ends.some(left))]
        if len(found):
            self.known[found] = True
            self._shape[found] = number
            self._loss[found] = losses(shape, self._ends, found)
