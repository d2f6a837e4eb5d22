"""Training logs: one pass gives signatures, the loss series, tracebacks and run facts."""

from diagnostics.log.detect import looks_like_log
from diagnostics.log.model import Hit, LogReading, Series, Traceback, Unit
from diagnostics.log.read import read_log

__all__ = ["Hit", "LogReading", "Series", "Traceback", "Unit", "looks_like_log", "read_log"]
