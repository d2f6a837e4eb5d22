"""Loss histories besides the log: TensorBoard event files, ai-toolkit's database, JSON lines, CSV exports."""

from diagnostics.history.database import is_unfinished
from diagnostics.history.detect import HistoryError, may_be_history, read_history

__all__ = ["HistoryError", "is_unfinished", "may_be_history", "read_history"]
