"""What ended a run, or tried to: the errors of a log, which the training survived, and which hits tell of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import re2

from diagnostics.bundle import Evidence
from diagnostics.log import Hit, LogReading
from knowledge.patterns import quiet_options

_SAME_MESSAGE = 6
"""Lines below an exception that its message may go on over."""
_WENT_ON = 3
"""Steps behind an error from which on the training survived it; a bar that closes repeats its last step."""
_MOST = 100
"""Errors of one run that are compared with each hit."""


@dataclass(frozen=True, slots=True)
class Event:
    """One error that a traceback or an error line reports."""

    evidence: Evidence
    run: int
    survived: bool
    """True where the training made further steps after it."""
    raised: bool = True
    """True for an exception, False for a line that only says so."""


class Events:
    """The errors of one log, in its order."""

    def __init__(self, reading: LogReading) -> None:
        lines = [series.lines for series in reading.series if series.lines is not None]
        self._steps = np.sort(np.concatenate(lines)) if lines else np.zeros(0, np.int64)
        self._stopped: dict[int, int] = {}
        for each in reading.tracebacks:
            if each.exception.endswith("KeyboardInterrupt"):
                self._stopped.setdefault(each.run, each.evidence.line)
        self._by_run: dict[int, list[Event]] = {}
        for event in self._collect(reading):
            self._by_run.setdefault(event.run, []).append(event)
        self._last_fatal = max(
            (run for run, events in self._by_run.items() if any(not event.survived for event in events)), default=-1
        )

    def survived(self, line: int) -> bool:
        """Tell whether the training went on behind this line, in the same run or in one that was started later."""
        return len(self._steps) - int(np.searchsorted(self._steps, line, "right")) >= _WENT_ON

    def stopped_by_hand(self, hit: Hit) -> bool:
        """Tell whether somebody had pressed Ctrl-C before, so that processes that end badly mean nothing."""
        return hit.run in self._stopped and self._stopped[hit.run] <= hit.evidence.line

    def fatal_from(self, run: int) -> bool:
        """Tell whether this run or a later one ended in an error."""
        return self._last_fatal >= run

    def of(self, hit: Hit) -> list[Event]:
        """Return the errors that a hit tells of, in order: it stands in the message, or its pattern does."""
        at, pattern = hit.evidence.line, _compiled(hit.signature.pattern)
        mine = self._by_run.get(hit.run, [])[:_MOST]
        above = max((event.evidence.line for event in mine if event.evidence.line <= at), default=at)
        found = [
            event
            for event in mine
            if (event.evidence.line == above and at - above <= _SAME_MESSAGE) or pattern.search(event.evidence.text)
        ]
        if not found and hit.signature.cause:
            return [Event(hit.evidence, hit.run, self.survived(at))]
        return found

    def _collect(self, reading: LogReading) -> list[Event]:
        tracebacks = {t.evidence.line: (t.evidence, t.run, True) for t in reading.tracebacks if not t.wrapper}
        found = {error.evidence.line: (error.evidence, error.run, False) for error in reading.errors} | tracebacks
        return [Event(at, run, self.survived(line), raised) for line, (at, run, raised) in sorted(found.items())]


@cache
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, quiet_options())
