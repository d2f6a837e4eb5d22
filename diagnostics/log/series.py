"""Loss series out of progress lines: the last refresh of each step, one series a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.model import Series, Unit
from diagnostics.log.progress import Progress
from diagnostics.log.shapes import Figures

_OTHER_BARS = re.compile(
    r"(?i)\b(?:loading|fetching|download\w*|caching|cache|generating|denoising|sampling|read caption|map|validation"
    r"|making buckets|quantizing|enumerating|image sizes|encoding)\b|\.safetensors|checkpoint shards"
)
_NEW_RUN = 0.5
"""A bar that falls below this share of the last step has been started again."""
_COLUMNS = 7
_EXTREMES = 32
"""Of the points that are kept as extremes only, the highest and the lowest of a run that stay."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """Refreshes in the order of the log: `numbers` counts those that were passed over too."""

    numbers: NDArray[np.int64]
    lines: NDArray[np.int64]
    extreme: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Points as a table, with the total each shows and which of `kinds` it looks like."""

    table: Floats
    totals: Floats
    likes: NDArray[np.int64]
    kinds: Sequence[Progress]

    def part(self, begin: int, end: int) -> _Rows:
        """Return those from `begin` to before `end`."""
        return _Rows(self.table[:, begin:end], self.totals[begin:end], self.likes[begin:end], self.kinds)


@dataclass
class _Run:
    columns: list[Floats] = field(default_factory=list)
    """Parts of a table: number, step, loss, learning rate, seconds a step, line, extreme."""
    rows: list[tuple[float, ...]] = field(default_factory=list)
    last: int = -1
    total: int | None = None
    unit: Unit = Unit.RAW
    trainer: str | None = None

    def close_rows(self) -> None:
        """Put the rows that came one by one behind the parts before them."""
        if self.rows:
            self.columns.append(np.array(self.rows, np.float64).T)
            self.rows.clear()

    def table(self) -> Floats:
        """All points as one table, a column each as above."""
        self.close_rows()
        if len(self.columns) > 1:
            self.columns = [np.concatenate(self.columns, axis=1)]
        return self.columns[0]


class SeriesReader:
    """Collects the series of all runs of a log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._runs: list[_Run] = []
        self._epoch_offset = 0
        self._last_n = 0
        self._epochs: int | None = None
        self._by_epoch = _Run(unit=Unit.EPOCH)
        self._waiting: list[tuple[int, int, Progress]] = []
        self.thinned = False
        """Whether some refreshes were passed over."""

    @property
    def run(self) -> int:
        """Index of the run that is being read."""
        self._settle()
        return max(len(self._runs) - 1, 0)

    def is_training(self, progress: Progress) -> bool:
        """Tell whether a progress line belongs to the training itself and not to a download, cache or sampler."""
        return progress.loss is not None and not self.is_other(progress)

    def is_other(self, progress: Progress) -> bool:
        """Tell whether a bar names itself as something other than training."""
        return _OTHER_BARS.search(progress.description) is not None

    def feed(self, number: int, line: int, progress: Progress) -> None:
        """Take a progress line of the training, the `number`-th of the log; rows before it may come later."""
        self._waiting.append((number, line, progress))

    def feed_rows(self, points: Points, read: Sequence[Figures]) -> None:
        """Take many at once, in order; `which` of each of the `read` are places in `points` that are laid out alike."""
        table = np.full((_COLUMNS, len(points.numbers)), np.nan)
        totals = np.full(len(points.numbers), np.nan)
        likes = np.zeros(len(points.numbers), np.int64)
        table[0], table[5], table[6] = points.numbers, points.lines, points.extreme
        for number, figures in enumerate(read):
            which = figures.which
            totals[which], likes[which] = figures.totals, number
            table[1, which], table[2, which] = figures.steps, figures.loss
            table[3, which], table[4, which] = figures.learning_rate, figures.seconds_per_step
        understood = ~np.isnan(table[1])
        rows = _Rows(table[:, understood], totals[understood], likes[understood], [each.like for each in read])
        begin = 0
        for number, line, progress in self._waiting:
            end = int(np.searchsorted(rows.table[0], number))
            self._rows(rows.part(begin, end))
            self._single(number, line, progress)
            begin = end
        self._waiting.clear()
        self._rows(rows.part(begin, len(rows.totals)))

    def feed_epochs(self, progress: Progress) -> None:
        """Take OneTrainer's outer bar, which counts the epochs and shows no loss."""
        if progress.description == "epoch" and progress.total:
            self._epochs = progress.total

    def series(self, trainer: str | None) -> tuple[Series, ...]:
        """Return the series of all runs, in order; values by epoch only where nothing finer is logged."""
        self._settle()
        runs = self._runs or [self._by_epoch]
        return tuple(self._finish(run, trainer) for run in runs if run.columns or run.rows)

    def _settle(self) -> None:
        for number, line, progress in self._waiting:
            self._single(number, line, progress)
        self._waiting.clear()

    def _single(self, number: int, line: int, progress: Progress) -> None:
        if progress.loss is None:
            return
        rate, seconds = progress.learning_rate, progress.seconds_per_step
        values = (progress.loss, np.nan if rate is None else rate, np.nan if seconds is None else seconds)
        self._feed(number, line, progress.step, progress.total, values, progress)

    def _rows(self, rows: _Rows) -> None:
        if not len(rows.totals):
            return
        table, totals = rows.table, rows.totals
        if any(like.by_epoch or "smooth loss" in like.keys for like in rows.kinds):
            for values, total, like in zip(table.T.tolist(), totals.tolist(), rows.likes.tolist(), strict=True):
                number, step, loss, rate, seconds, line, _ = values
                self._feed(int(number), int(line), int(step), _known(total), (loss, rate, seconds), rows.kinds[like])
            return
        before = np.concatenate(([self._runs[-1].last if self._runs else -1], table[1, :-1]))
        restarts = np.flatnonzero(table[1] < before * _NEW_RUN)
        for begin, end in pairwise((0, *restarts[restarts > 0].tolist(), len(totals))):
            run = self._run_for(int(table[1, begin]))
            likes, first = np.unique(rows.likes[begin:end], return_index=True)
            for like in likes[np.argsort(first)].tolist():
                self._describe(run, rows.kinds[like], None)
            run.total = _known(totals[end - 1]) or run.total
            run.close_rows()
            run.columns.append(table[:, begin:end])
            run.last = int(table[1, end - 1])

    def _feed(
        self, number: int, line: int, step: int, total: int | None, values: tuple[float, ...], like: Progress
    ) -> None:
        if like.by_epoch:
            run = self._by_epoch
        else:
            step = self._global_step(step, total, like)
            run = self._run_for(step)
            self._describe(run, like, total)
        run.rows.append((number, step, *values, line, False))
        run.last = step

    def _run_for(self, step: int) -> _Run:
        if not self._runs or step < self._runs[-1].last * _NEW_RUN:
            self._runs.append(_Run())
        return self._runs[-1]

    def _describe(self, run: _Run, like: Progress, total: int | None) -> None:
        if "smooth loss" in like.keys:
            # OneTrainer's bar is as long as an epoch
            total = total * self._epochs if total and self._epochs else None
        run.total = total or run.total
        run.trainer = run.trainer or like.trainer
        if "avr_loss" in like.keys:
            run.unit, run.trainer = Unit.RUNNING_AVERAGE, run.trainer or "sd-scripts"

    def _global_step(self, step: int, total: int | None, like: Progress) -> int:
        if "smooth loss" not in like.keys or not total:
            return step
        # OneTrainer's bar starts again each epoch
        if step < self._last_n:
            self._epoch_offset += total
        self._last_n = step
        return self._epoch_offset + step

    def _finish(self, run: _Run, trainer: str | None) -> Series:
        table = run.table()
        read = int(table[0, -1] - table[0, 0]) + 1
        table = _selected(table)
        _, steps, loss, rates, seconds, lines, _ = table[:, np.append(table[1, 1:] != table[1, :-1], True)]
        trainer = run.trainer if trainer is None or run.trainer == "ai-toolkit" else trainer
        hidden = trainer == "ai-toolkit" and bool((loss == 0).any())
        if hidden:
            loss[loss == 0] = np.nan
        return Series(
            steps=steps.astype(np.int64),
            loss=loss,
            unit=run.unit,
            trainer=trainer,
            total_steps=run.total,
            learning_rate=None if np.isnan(rates).all() else rates,
            seconds_per_step=None if np.isnan(seconds).all() else seconds,
            lines=lines.astype(np.int64),
            source=self._name,
            hidden_nan=hidden,
            read=read,
            thinned=self.thinned,
        )


def _selected(table: Floats) -> Floats:
    """Drop all but the highest and lowest of the points that were kept as extremes only, and put all in order."""
    even, extremes = table[:, table[6] == 0], table[:, table[6] == 1]
    order = np.argsort(extremes[2], kind="stable")
    most = min(_EXTREMES, len(order) // 2)
    chosen = extremes[:, np.concatenate((order[:most], order[len(order) - most :]))]
    both = np.concatenate((even, chosen), axis=1)
    return both[:, np.argsort(both[0], kind="stable")]


def _known(total: float) -> int | None:
    return None if np.isnan(total) else int(total)
