"""Finds out whether a file is a loss history, by its content, and reads it."""

from __future__ import annotations

import io
import json
import re

from diagnostics.history import database, tables, tensorboard
from diagnostics.history.metrics import Metrics, series_of
from diagnostics.log.model import Series

_FIRST_LINE = 20_000
_BLANK = "\ufeff \t\r\n"
_COLUMN = re.compile(r'"?[a-z_][\w/ .:()-]{0,200}"?')


class HistoryError(Exception):
    """The file is a loss history that cannot be used; the text says why."""


def may_be_history(head: bytes) -> bool:
    """Tell from the first bytes whether a file is worth trying as a history; cheap, and wrong only towards yes."""
    if tensorboard.is_event_file(head) or database.is_database(head):
        return True
    text = head.decode("utf-8", errors="replace").lstrip(_BLANK)
    return text.startswith("{") or _is_table(text.partition("\n")[0])


def read_history(name: str, data: bytes) -> Series | None:
    """Return the training loss in the file, or None where it is no history.

    Raises `HistoryError` for an event file or a database that cannot be used.
    """
    if tensorboard.is_event_file(data):
        series = series_of(tensorboard.read_events(io.BytesIO(data)), name)
    elif database.is_database(data):
        try:
            series = series_of(database.read_database(data), name, "ai-toolkit")
        except database.DatabaseError as error:
            raise HistoryError(str(error)) from error
    else:
        metrics = _from_text(data.decode("utf-8", errors="replace").lstrip(_BLANK))
        return series_of(metrics, name) if metrics else None
    if series is None:
        raise HistoryError("holds no training loss")
    return series


def _from_text(text: str) -> Metrics | None:
    first = text.partition("\n")[0][:_FIRST_LINE]
    try:
        if first.startswith("{") and '"log_history"' in text:
            return tables.read_trainer_state(text)
        if first.startswith("{") and _is_record(first):
            return tables.read_json_lines(text)
        return tables.read_csv(text) if _is_table(first) else None
    except ValueError:
        return None


def _is_table(line: str) -> bool:
    names = line.strip().lower().split(",")
    plain = all(_COLUMN.fullmatch(name) for name in names)
    return len(names) > 1 and plain and (any("loss" in name for name in names) or names[:3] == ["step", "key", "value"])


def _is_record(line: str) -> bool:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and ("metrics" in record or any("loss" in key for key in record))
