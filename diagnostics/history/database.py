"""ai-toolkit's `loss_log.db`, a stranger's SQLite file: read-only, one table, within limits of time and size.

What is switched off or bounded follows SQLite's own advice for files of strangers (sqlite.org/security.html).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from diagnostics.history.metrics import Metrics
from diagnostics.history.wal import SCHEMA_HEAD, is_small_schema, read_wal

MAGIC = b"SQLite format 3\x00"
_READ_VERSION, _WAL = 19, 2
_STEPS_A_CHECK = 10_000
_CHECKS = 2_000
"""Virtual machine steps before a query is stopped: some 20 million, a second or two; a real file needs 50,000."""
_MOST_ROWS = 2_000_000
_TABLE = "metrics"
_COLUMNS = frozenset({"key", "step", "value_real"})
_GENERATED = re.compile(r"\bAS\b", re.IGNORECASE)
_SCHEMA = frozenset({"sqlite_master", "sqlite_schema"})
_KIND = "SELECT type, sql FROM sqlite_master WHERE name = 'metrics'"
# no ORDER BY: a sort of many rows would write files where we have no say
_QUERY = "SELECT key, step, value_real FROM metrics LIMIT ?"
_PRAGMAS = ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON", "cache_size = -4096")
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1 << 20,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 3,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


class DatabaseError(Exception):
    """The file is no loss database that can be read; the text says why."""


def is_database(head: bytes) -> bool:
    """Tell a SQLite file by its first bytes."""
    return head.startswith(MAGIC)


def is_unfinished(head: bytes) -> bool:
    """Tell whether the database was in write-ahead mode: its last steps may stand in a ``-wal`` file beside it."""
    return len(head) > _READ_VERSION and head[_READ_VERSION] == _WAL


def read_database(path: Path) -> Metrics:
    """Return the metrics of a loss database, in the order of their steps; raises `DatabaseError`.

    `path` must be a private copy: where a ``-wal`` file lies beside it, SQLite puts its index file there, too. Without
    one the file is opened as immutable, and read as it stands (see `is_unfinished`).
    """
    wal = path.with_name(path.name + "-wal")
    changes = read_wal(wal) if wal.exists() else None
    if not _small_schema(path) or (changes and not all(map(is_small_schema, changes.first_pages))):
        raise DatabaseError(_OTHER)
    address = f"{path.as_uri()}?mode=ro" + ("" if wal.exists() else "&immutable=1")
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)) as connection:
            _harden(connection)
            found = connection.execute(_KIND).fetchall()
            if [kind for kind, _ in found] != ["table"] or not _is_plain(str(found[0][1])):
                raise DatabaseError(_OTHER)
            metrics = Metrics()
            for key, step, value in connection.execute(_QUERY, (_MOST_ROWS,)):
                if isinstance(key, str) and isinstance(step, int) and isinstance(value, int | float | None):
                    metrics.add(key, step, float("nan") if value is None else float(value))
    except (sqlite3.Error, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DatabaseError(_reason(str(error))) from error
    return metrics.in_order()


def _harden(connection: sqlite3.Connection) -> None:
    if hasattr(connection, "enable_load_extension"):  # some builds of Python cannot load any
        connection.enable_load_extension(False)
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    checks = iter(range(_CHECKS))
    connection.set_progress_handler(lambda: int(next(checks, None) is None), _STEPS_A_CHECK)
    connection.set_authorizer(_authorize)


def _authorize(action: int, table: str | None, column: str | None, _: str | None, through: str | None) -> int:
    """Permit reading the expected columns of the expected table, and nothing by way of a view or a trigger."""
    expected = action == sqlite3.SQLITE_SELECT or (
        action == sqlite3.SQLITE_READ and (table in _SCHEMA or (table == _TABLE and column in _COLUMNS))
    )
    return sqlite3.SQLITE_OK if expected and through is None else sqlite3.SQLITE_DENY


def _is_plain(statement: str) -> bool:
    """Whether all columns are stored: the authorizer is not asked what a generated column calls."""
    return statement.upper().startswith("CREATE TABLE") and not _GENERATED.search(statement)


def _small_schema(path: Path) -> bool:
    """Whether the list of tables fits on the first page: SQLite holds all of it in memory, however long it is."""
    with path.open("rb") as file:
        return is_small_schema(file.read(SCHEMA_HEAD))


_OTHER = "is a database, but not ai-toolkit's loss log"


def _reason(message: str) -> str:
    if "no such table" in message or "no such column" in message or "prohibited" in message:
        return _OTHER
    if "not authorized" in message:
        return _OTHER
    if "interrupted" in message:
        return "took too long to read and was stopped"
    return f"is a damaged database ({message})"
