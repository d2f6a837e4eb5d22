"""Loss series out of progress lines: the last refresh of each step, one series a run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.log.progress import Progress

_OTHER_BARS = re.compile(
    r"(?i)\b(?:loading|fetching|download\w*|caching|cache|generating|denoising|sampling|read caption|map|validation"
    r"|making buckets|quantizing|enumerating|image sizes|encoding)\b|\.safetensors|checkpoint shards"
)
_NEW_RUN = 0.5
"""A bar that falls below this share of the last step has been started again."""


@dataclass
class _Run:
    steps: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    total: int | None = None
    unit: Unit = Unit.RAW
    trainer: str | None = None


class SeriesReader:
    """Collects the series of all runs of a log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._runs: list[_Run] = []
        self._epoch_offset = 0
        self._last_n = 0
        self._epochs: int | None = None
        self._by_epoch = _Run(unit=Unit.EPOCH)

    @property
    def run(self) -> int:
        """Index of the run that is being read."""
        return max(len(self._runs) - 1, 0)

    def is_training(self, progress: Progress) -> bool:
        """Tell whether a progress line belongs to the training itself and not to a download, cache or sampler."""
        return progress.loss is not None and not self.is_other(progress)

    def is_other(self, progress: Progress) -> bool:
        """Tell whether a bar names itself as something other than training."""
        return _OTHER_BARS.search(progress.description) is not None

    def feed(self, line: int, progress: Progress) -> None:
        """Take a progress line of the training."""
        if progress.loss is None:
            return
        if progress.by_epoch:
            self._point(self._by_epoch, progress.step, line, progress)
            return
        step = self._global_step(progress)
        if not self._runs or (self._runs[-1].steps and step < self._runs[-1].steps[-1] * _NEW_RUN):
            self._runs.append(_Run())
        run = self._runs[-1]
        run.total = self._total(progress) or run.total
        run.trainer = run.trainer or progress.trainer
        if "avr_loss" in progress.keys:
            run.unit, run.trainer = Unit.RUNNING_AVERAGE, run.trainer or "sd-scripts"
        self._point(run, step, line, progress)

    def feed_epochs(self, progress: Progress) -> None:
        """Take OneTrainer's outer bar, which counts the epochs and shows no loss."""
        if progress.description == "epoch" and progress.total:
            self._epochs = progress.total

    def series(self, trainer: str | None) -> tuple[Series, ...]:
        """Return the series of all runs, in order; values by epoch only where nothing finer is logged."""
        runs = self._runs or [self._by_epoch]
        return tuple(self._finish(run, trainer) for run in runs if run.steps)

    def _point(self, run: _Run, step: int, line: int, progress: Progress) -> None:
        values = (
            float("nan") if progress.loss is None else progress.loss,
            float("nan") if progress.learning_rate is None else progress.learning_rate,
            float("nan") if progress.seconds_per_step is None else progress.seconds_per_step,
        )
        if run.steps and run.steps[-1] == step:
            run.loss[-1], run.rates[-1], run.seconds[-1] = values
            run.lines[-1] = line
            return
        run.steps.append(step)
        run.lines.append(line)
        for collected, value in zip((run.loss, run.rates, run.seconds), values, strict=True):
            collected.append(value)

    def _total(self, progress: Progress) -> int | None:
        if "smooth loss" not in progress.keys:
            return progress.total
        # OneTrainer's bar is as long as an epoch
        return progress.total * self._epochs if progress.total and self._epochs else None

    def _global_step(self, progress: Progress) -> int:
        if "smooth loss" not in progress.keys or not progress.total:
            return progress.step
        # OneTrainer's bar starts again each epoch
        if progress.step < self._last_n:
            self._epoch_offset += progress.total
        self._last_n = progress.step
        return self._epoch_offset + progress.step

    def _finish(self, run: _Run, trainer: str | None) -> Series:
        loss = np.asarray(run.loss, np.float64)
        trainer = run.trainer if trainer is None or run.trainer == "ai-toolkit" else trainer
        hidden = trainer == "ai-toolkit" and bool((loss == 0).any())
        if hidden:
            loss[loss == 0] = np.nan
        rates = np.asarray(run.rates, np.float64)
        seconds = np.asarray(run.seconds, np.float64)
        return Series(
            steps=np.asarray(run.steps, np.int64),
            loss=loss,
            unit=run.unit,
            trainer=trainer,
            total_steps=run.total,
            learning_rate=None if np.isnan(rates).all() else rates,
            seconds_per_step=None if np.isnan(seconds).all() else seconds,
            lines=np.asarray(run.lines, np.int64),
            source=self._name,
            hidden_nan=hidden,
        )
