"""What the lines of one log say, fed line by line: signatures, progress, tracebacks and run facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from diagnostics.bundle import Evidence
from diagnostics.log.facts import FactReader
from diagnostics.log.joined import Joiner
from diagnostics.log.known import KnownLines
from diagnostics.log.lines import Piece
from diagnostics.log.model import ErrorLine, Hit, LogReading, Series
from diagnostics.log.progress import Progress, progress_in
from diagnostics.log.series import SeriesReader
from diagnostics.log.tracebacks import TRACEBACK, TracebackReader
from diagnostics.log.trainer import TrainerReader
from knowledge.facts import LogFacts
from knowledge.model import Signature
from knowledge.patterns import SignatureSet

ERROR = r"ERROR\b|ERROR:|Error running job: |fatal error"
LOSS_IS_NAN = "loss is nan"
_ERROR = re.compile(rf"^\s*(?:(?:\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d)? *{ERROR})", re.IGNORECASE)
_SHOWN = 400
_SLOWDOWN_PART = 0.15
_SLOW = 10
"""Seconds an iteration from which bars without a loss or a name are looked at too."""
_BARS_TOLD = 100
"""Progress lines that are looked at for their trainer: the rest look the same."""
_FEWEST = 10
"""Refreshes from which on a speed can be compared with another."""
MOST_ERRORS = 200
"""Error lines that are kept of one log; the first is what counts."""


class Content:
    """Collects what a log says. Lines are given in the order of the log; lines that say nothing may be left out."""

    def __init__(self, name: str, signatures: SignatureSet, known: KnownLines) -> None:
        self._name = name
        self._signatures = signatures
        self.series = SeriesReader(name)
        self.tracebacks = TracebackReader(name, lambda: self.run)
        self.facts = FactReader(name, known)
        self.trainer = TrainerReader(known)
        self.errors: list[ErrorLine] = []
        self.nan_lines = 0
        self._joiner = Joiner()
        self._hits: dict[tuple[int, int], Hit] = {}
        self.restarts = 0
        """Lines that say that a run begins."""
        self._bars = 0
        self._lead = ""
        self.settle: Callable[[], None] = lambda: None
        """Called before the run is told: makes up leeway in feeding refreshes."""

    @property
    def run(self) -> int:
        """Index of the run that is being read."""
        self.settle()
        return max(self.series.run, self.restarts - 1, 0)

    @property
    def wants_next(self) -> bool:
        """Tell whether the next line belongs to this one, whatever it says."""
        return self._joiner.holds or self.tracebacks.wants_next or self.facts.wants_more

    def has(self, signature: Signature) -> bool:
        """Tell whether this run has shown the signature already."""
        return (id(signature), self.run) in self._hits

    def piece(self, piece: Piece, number: int = 0, overlap: int = 0) -> Progress | None:
        """Take a refresh or line; `number` counts the refreshes of the training before it.

        Progress that ends within the first `overlap` characters was read with the piece before. Returns the progress
        of the training that the piece shows, where it shows one alone.
        """
        shown = [progress for progress in progress_in(piece.text) if progress.places.end > overlap]
        if not shown:
            self._line(piece.line, piece.text)
            return None
        for progress in shown:
            self._bar(piece, progress, number)
        self.told(piece.text, shown[0], 1)
        if shown[-1].glued.strip():
            self._line(piece.line, shown[-1].glued)
        return shown[0] if len(shown) == 1 and self.series.is_training(shown[0]) else None

    def told(self, text: str, progress: Progress, times: int) -> None:
        """Take `times` refreshes like `text` as a sign of who wrote the log."""
        for _ in range(min(times, _BARS_TOLD - self._bars)):
            self._bars += 1
            self.trainer.feed(text)
            if progress.trainer:
                self.trainer.mark(progress.trainer)

    def close(self) -> None:
        """End what is still open at the end of the log."""
        for number, message in self._joiner.flush():
            self.message(number, message)
        self.tracebacks.close()

    def message(self, number: int, text: str, console: bool = True) -> None:
        """Take a whole message; of one that no console printed only signatures and facts are read."""
        self._match(number, text)
        self.facts.feed(number, text)
        self.trainer.feed(text)
        if not console:
            return
        if self.facts.starts_run(text):
            self.restarts += 1
        if self._signatures.is_benign(text):
            self.tracebacks.drop()
            return
        self.tracebacks.feed(number, text)
        if LOSS_IS_NAN in text:
            self.nan_lines += 1
        if len(self.errors) < MOST_ERRORS and _ERROR.match(text):
            self.errors.append(ErrorLine(Evidence(self._name, number, text.strip()[:_SHOWN]), self.run))

    def reading(self) -> LogReading:
        """Return all that was read."""
        series = self.series.series(self.trainer.trainer)
        return LogReading(
            name=self._name,
            trainer=self.trainer.trainer,
            facts=self._summary(series),
            origins=self.facts.origins,
            series=series,
            hits=tuple(sorted(self._hits.values(), key=lambda hit: hit.evidence.line)),
            tracebacks=tuple(self.tracebacks.found),
            errors=tuple(self.errors),
            runs=self.run + 1,
        )

    def _bar(self, piece: Piece, progress: Progress, number: int) -> None:
        if self.series.is_training(progress):
            self.series.feed(number, piece.line, progress)
            self.facts.phase = "training"
            if "nan" in piece.text:
                self._match(piece.line, piece.text)
        else:
            self.series.feed_epochs(progress)
            self.facts.feed_bar(progress.description, progress.step == progress.total)
            if (progress.seconds_per_step or 0) > _SLOW and not self.series.is_other(progress):
                self._match(piece.line, piece.text)

    def _line(self, number: int, text: str) -> None:
        for start, message in self._joiner.feed(number, self._unwrapped(text)):
            self.message(start, message)

    def _unwrapped(self, text: str) -> str:
        """Cut off what a program that runs the trainer writes before each of its lines."""
        start = text.find(TRACEBACK)
        if start > 0:
            self._lead = text[:start]
        return text.removeprefix(self._lead) if self._lead else text

    def _match(self, number: int, text: str) -> None:
        for rule, signature in self._signatures.match(text):
            key = (id(signature), self.run)
            if key not in self._hits:
                evidence = Evidence(self._name, number, text.strip()[:_SHOWN])
                self._hits[key] = Hit(rule, signature, evidence, self.run)

    def _summary(self, series: tuple[Series, ...]) -> LogFacts:
        facts = replace(
            LogFacts(),
            **self.facts.values,  # type: ignore[arg-type]
            trainer=self.trainer.trainer,
            checkpoints=self.facts.checkpoints or (0 if _whole_run(series) else None),
            samples=self.facts.samples or None,
            phase=self.facts.phase,
            crashed=any(not t.wrapper for t in self.tracebacks.found) or bool(self.errors) or None,
        )
        if not series:
            return replace(facts, nan_steps=self.nan_lines or None)
        last = series[-1]
        bad = ~np.isfinite(last.loss)
        if bad.any() and last.lines is not None:
            line = int(last.lines[bad][0])
            self.facts.origins["nan_steps"] = Evidence(self._name, line, "")
        rates = last.learning_rate
        return replace(
            facts,
            first_step=int(last.steps[0]),
            last_step=int(last.steps.max()),
            steps=last.total_steps or facts.steps,
            nan_steps=int(bad.sum()) or self.nan_lines or None,
            first_nan_step=int(last.steps[bad][0]) if bad.any() else None,
            learning_rate=float(np.nanmax(rates)) if rates is not None else facts.learning_rate,
            seconds_per_step=_median(last.seconds_per_step),
            slowdown=_slowdown(last.seconds_per_step),
        )


def _whole_run(series: tuple[Series, ...]) -> bool:
    """Tell whether the log shows its last run from the first step on, so that what it does not show did not happen."""
    return bool(series) and len(series[-1].steps) >= _FEWEST and int(series[-1].steps[0]) <= 1


def _median(seconds: NDArray[np.float64] | None) -> float | None:
    return None if seconds is None else round(float(np.nanmedian(seconds)), 3)


def _slowdown(seconds: NDArray[np.float64] | None) -> float | None:
    if seconds is None or np.isfinite(seconds).sum() < _FEWEST:
        return None
    known = seconds[np.isfinite(seconds)]
    part = max(int(len(known) * _SLOWDOWN_PART), 2)
    start = float(np.median(known[1 : part + 1]))
    return round(float(np.median(known[-part:])) / start, 2) if start > 0 else None
