"""Progress on work that takes longer than a second; on standard error, and only where a person watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

DELAY = 1.0
"""Seconds after which a bar appears: shorter work needs none."""


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Yield a function to call after each of `total` pieces of work; the bar pulses where no total is known."""
    bar = _LateBar(what, total)
    if not sys.stderr.isatty():
        yield bar.advance
        return
    timer = threading.Timer(DELAY, bar.show)
    timer.daemon = True
    timer.start()
    try:
        yield bar.advance
    finally:
        timer.cancel()
        timer.join()
        bar.close()


class _LateBar:
    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total, self._done = what, total, 0
        self._lock = threading.Lock()
        self._shown: tuple[Progress, TaskID] | None = None

    def advance(self) -> None:
        with self._lock:
            self._done += 1
            if self._shown:
                bar, task = self._shown
                bar.update(task, completed=self._done)

    def show(self) -> None:
        # rich takes 50 ms to import: only for those who wait
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        with self._lock:
            self._shown = (bar, bar.add_task(self._what, total=self._total, completed=self._done))
            bar.start()

    def close(self) -> None:
        if self._shown:
            self._shown[0].stop()
