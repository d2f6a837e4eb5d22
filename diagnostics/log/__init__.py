"""Training logs: one pass gives signatures, the loss series, tracebacks and run facts."""

from diagnostics.log.console import log_lines
from diagnostics.log.detect import looks_like_log
from diagnostics.log.known import KnownLines
from diagnostics.log.model import ErrorLine, Hit, LogReading, Series, Traceback, Unit
from diagnostics.log.read import LogReader, read_log

__all__ = [
    "ErrorLine",
    "Hit",
    "KnownLines",
    "LogReader",
    "LogReading",
    "Series",
    "Traceback",
    "Unit",
    "log_lines",
    "looks_like_log",
    "read_log",
]
