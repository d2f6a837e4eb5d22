"""Training logs: one pass gives signatures, the loss series, tracebacks and run facts."""

from diagnostics.log.console import log_lines
from diagnostics.log.detect import looks_like_log
from diagnostics.log.known import KnownLines, line_triggers
from diagnostics.log.model import Hit, LogReading, Series, Traceback, Unit
from diagnostics.log.read import read_log

__all__ = [
    "Hit",
    "KnownLines",
    "LogReading",
    "Series",
    "Traceback",
    "Unit",
    "line_triggers",
    "log_lines",
    "looks_like_log",
    "read_log",
]
