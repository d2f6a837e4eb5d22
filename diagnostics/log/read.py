"""One pass over a log: signatures, progress, tracebacks and run facts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from diagnostics.bundle import Document, Evidence, Kind
from diagnostics.log.console import log_lines
from diagnostics.log.facts import FactReader
from diagnostics.log.joined import Joiner
from diagnostics.log.known import KnownLines
from diagnostics.log.lines import Piece, pieces
from diagnostics.log.model import Hit, LogReading, Series
from diagnostics.log.progress import Progress, progress_in
from diagnostics.log.series import SeriesReader
from diagnostics.log.tracebacks import TRACEBACK, TracebackReader
from diagnostics.log.trainer import TrainerReader
from knowledge.facts import LogFacts
from knowledge.model import Signature
from knowledge.patterns import SignatureSet

_ERROR = re.compile(
    r"^\s*(?:(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)? *ERROR\b|ERROR:|Error running job: |fatal error)", re.IGNORECASE
)
_SHOWN = 400
_SLOWDOWN_PART = 0.15
_SLOW = 10
"""Seconds an iteration from which bars without a loss or a name are looked at too."""
_BARS_TOLD = 100
"""Progress lines that are looked at for their trainer: the rest look the same."""
_FEWEST = 10
"""Refreshes from which on a speed can be compared with another."""


def read_log(document: Document, signatures: SignatureSet, known: KnownLines | None = None) -> LogReading:
    """Read one log, whoever wrote it. Never raises on any text; time grows with its length.

    Of a chat message every line is compared with the signatures, but the loss series, tracebacks and error lines are
    taken only from what was pasted from a console. `known` are the lines of trainers; by default those that ship.
    """
    return _Pass(document, signatures, known).read()


class _Pass:
    def __init__(self, document: Document, signatures: SignatureSet, known: KnownLines | None) -> None:
        self._document = document
        self._signatures = signatures
        self._series = SeriesReader(document.name)
        self._tracebacks = TracebackReader(document.name)
        self._facts = FactReader(document.name, known)
        self._trainer = TrainerReader(known)
        self._joiner = Joiner()
        self._hits: dict[tuple[int, int], Hit] = {}
        self._errors: list[Evidence] = []
        self._restarts = 0
        self._nan_lines = 0
        self._bars = 0
        self._prose = document.kind is Kind.PROSE
        self._pasted: frozenset[int] = frozenset()
        self._lead = ""

    @property
    def _run(self) -> int:
        return max(self._series.run, self._restarts - 1, 0)

    def read(self) -> LogReading:
        if self._prose and (console := log_lines(self._document)) is not None:
            self._pasted = frozenset(n for n, line in enumerate(console.lines, console.first_line) if line.strip())
        for piece in pieces(self._document):
            if self._prose and piece.line not in self._pasted:
                self._message(piece.line, piece.text, console=False)
            else:
                self._piece(piece)
        for number, message in self._joiner.flush():
            self._message(number, message)
        self._tracebacks.close(self._run)
        series = self._series.series(self._trainer.trainer)
        return LogReading(
            name=self._document.name,
            trainer=self._trainer.trainer,
            facts=self._summary(series),
            origins=self._facts.origins,
            series=series,
            hits=tuple(sorted(self._hits.values(), key=lambda hit: hit.evidence.line)),
            tracebacks=tuple(self._tracebacks.found),
            errors=tuple(self._errors),
            runs=self._run + 1,
        )

    def _piece(self, piece: Piece) -> None:
        shown = list(progress_in(piece.text))
        if not shown:
            self._line(piece.line, piece.text)
            return
        for progress in shown:
            self._bar(piece, progress)
        if self._bars < _BARS_TOLD:
            self._bars += 1
            self._trainer.feed(piece.text)
            if shown[0].trainer:
                self._trainer.mark(shown[0].trainer)
        if shown[-1].glued.strip():
            self._line(piece.line, shown[-1].glued)

    def _bar(self, piece: Piece, progress: Progress) -> None:
        if self._series.is_training(progress):
            self._series.feed(piece.line, progress)
            self._facts.phase = "training"
            if "nan" in piece.text:
                self._match(piece.line, piece.text)
        else:
            self._series.feed_epochs(progress)
            self._facts.feed_bar(progress.description, progress.step == progress.total)
            if (progress.seconds_per_step or 0) > _SLOW and not self._series.is_other(progress):
                self._match(piece.line, piece.text)

    def _line(self, number: int, text: str) -> None:
        for start, message in self._joiner.feed(number, self._unwrapped(text)):
            self._message(start, message)

    def _message(self, number: int, text: str, console: bool = True) -> None:
        self._match(number, text)
        self._facts.feed(number, text)
        self._trainer.feed(text)
        if not console:
            return
        if self._facts.starts_run(text):
            self._restarts += 1
        if self._signatures.is_benign(text):
            self._tracebacks.drop()
        else:
            self._tracebacks.feed(number, text, self._run)
        if "loss is nan" in text:
            self._nan_lines += 1
        if _ERROR.match(text):
            self._errors.append(Evidence(self._document.name, number, text.strip()[:_SHOWN]))

    def _unwrapped(self, text: str) -> str:
        """Cut off what a program that runs the trainer writes before each of its lines."""
        start = text.find(TRACEBACK)
        if start > 0:
            self._lead = text[:start]
        return text.removeprefix(self._lead) if self._lead else text

    def _match(self, number: int, text: str) -> None:
        for rule, signature in self._signatures.match(text):
            key = (id(signature), self._run)
            if key not in self._hits:
                self._hits[key] = self._hit(rule, signature, number, text)

    def _hit(self, rule: str, signature: Signature, number: int, text: str) -> Hit:
        return Hit(rule, signature, Evidence(self._document.name, number, text.strip()[:_SHOWN]), self._run)

    def _summary(self, series: tuple[Series, ...]) -> LogFacts:
        facts = replace(
            LogFacts(),
            **self._facts.values,  # type: ignore[arg-type]
            trainer=self._trainer.trainer,
            checkpoints=self._facts.checkpoints or (0 if _whole_run(series) else None),
            samples=self._facts.samples or None,
            phase=self._facts.phase,
            crashed=any(not t.wrapper for t in self._tracebacks.found) or bool(self._errors) or None,
        )
        if not series:
            return replace(facts, nan_steps=self._nan_lines or None)
        last = series[-1]
        bad = ~np.isfinite(last.loss)
        if bad.any() and last.lines is not None:
            line = int(last.lines[bad][0])
            self._facts.origins["nan_steps"] = Evidence(self._document.name, line, "")
        rates = last.learning_rate
        return replace(
            facts,
            first_step=int(last.steps[0]),
            last_step=int(last.steps.max()),
            steps=last.total_steps or facts.steps,
            nan_steps=int(bad.sum()) or self._nan_lines or None,
            first_nan_step=int(last.steps[bad][0]) if bad.any() else None,
            learning_rate=float(np.nanmax(rates)) if rates is not None else facts.learning_rate,
            seconds_per_step=_median(last.seconds_per_step),
            slowdown=_slowdown(last.seconds_per_step),
        )


def _whole_run(series: tuple[Series, ...]) -> bool:
    """Tell whether the log shows its last run from the first step on, so that what it does not show did not happen."""
    return bool(series) and len(series[-1].steps) >= _FEWEST and int(series[-1].steps[0]) <= 1


def _median(seconds: np.ndarray | None) -> float | None:
    return None if seconds is None else round(float(np.nanmedian(seconds)), 3)


def _slowdown(seconds: np.ndarray | None) -> float | None:
    if seconds is None or np.isfinite(seconds).sum() < _FEWEST:
        return None
    known = seconds[np.isfinite(seconds)]
    part = max(int(len(known) * _SLOWDOWN_PART), 2)
    start = float(np.median(known[1 : part + 1]))
    return round(float(np.median(known[-part:])) / start, 2) if start > 0 else None
