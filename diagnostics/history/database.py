"""ai-toolkit's `loss_log.db`, a stranger's SQLite file: opened in memory, read-only, within limits of time and size."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from diagnostics.history.metrics import Metrics

MAGIC = b"SQLite format 3\x00"
_WRITE_VERSION, _READ_VERSION = 18, 19
_WAL, _JOURNAL = 2, 1
_STEPS_A_CHECK = 10_000
_CHECKS = 2_000
"""Virtual machine steps before a query is stopped: some 20 million, a second or two; a real file needs 50,000."""
_MOST_ROWS = 2_000_000
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION})
_QUERY = "SELECT key, step, value_real FROM metrics ORDER BY step LIMIT ?"


class DatabaseError(Exception):
    """The file is no loss database that can be read; the text says why."""


def is_database(head: bytes) -> bool:
    """Tell a SQLite file by its first bytes."""
    return head.startswith(MAGIC)


def is_unfinished(data: bytes) -> bool:
    """Tell whether the database was in write-ahead mode: its last steps may stand in a ``-wal`` file beside it."""
    return len(data) > _READ_VERSION and data[_READ_VERSION] == _WAL


def read_database(data: bytes) -> Metrics:
    """Return the metrics of a loss database; raises `DatabaseError`.

    The file is read as it stands: what a ``-wal`` file holds beside it is not in it (see `is_unfinished`).
    """
    image = bytearray(data)
    if is_unfinished(data):
        # in memory there is no -wal file to look for: as a plain journal file the same pages can be read
        image[_WRITE_VERSION] = image[_READ_VERSION] = _JOURNAL
    checks = iter(range(_CHECKS))
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(bytes(image))
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
            connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 10_000)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(
                lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
            )
            connection.set_progress_handler(lambda: int(next(checks, None) is None), _STEPS_A_CHECK)
            metrics = Metrics()
            for key, step, value in connection.execute(_QUERY, (_MOST_ROWS,)):
                if isinstance(key, str) and isinstance(step, int):
                    metrics.add(key, step, float("nan") if value is None else float(value))
    except (sqlite3.Error, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DatabaseError(_reason(str(error))) from error
    return metrics


def _reason(message: str) -> str:
    if "no such table" in message or "no such column" in message:
        return "is a database, but not ai-toolkit's loss log"
    if "interrupted" in message:
        return "took too long to read and was stopped"
    return f"is a damaged database ({message})"
