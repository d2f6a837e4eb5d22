"""Loss histories besides the log: TensorBoard event files, ai-toolkit's database, JSON lines, CSV exports."""

from diagnostics.history.database import is_unfinished
from diagnostics.history.detect import HistoryError, HistoryKind, history_kind, read_database, read_history
from diagnostics.history.wal import is_wal, read_wal

__all__ = [
    "HistoryError",
    "HistoryKind",
    "history_kind",
    "is_unfinished",
    "is_wal",
    "read_database",
    "read_history",
    "read_wal",
]
