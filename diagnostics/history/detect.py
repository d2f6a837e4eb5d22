"""Finds out whether a file is a loss history, by its content, and reads it."""

from __future__ import annotations

import io
import json

from diagnostics.history import database, tables, tensorboard
from diagnostics.history.metrics import Metrics, series_of
from diagnostics.log.model import Series

_FIRST_LINE = 20_000


class HistoryError(Exception):
    """The file is a loss history that cannot be used; the text says why."""


def may_be_history(head: bytes) -> bool:
    """Tell from the first bytes whether a file is worth trying as a history; cheap, and wrong only towards yes."""
    if tensorboard.is_event_file(head) or database.is_database(head):
        return True
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].lower()
    return (
        (b"loss" in first and (b"," in first or first.startswith(b"{")))
        or b'"log_history"' in head
        or first.startswith(b"step,key,value")
    )


def read_history(name: str, data: bytes) -> Series | None:
    """Return the training loss in the file, or None where it is no history at all; raises `HistoryError`."""
    try:
        found = _metrics(data)
    except (database.DatabaseError, ValueError) as error:
        raise HistoryError(str(error)) from error
    if found is None:
        return None
    metrics, trainer = found
    series = series_of(metrics, name, trainer)
    if series is None:
        raise HistoryError("holds no training loss")
    return series


def _metrics(data: bytes) -> tuple[Metrics, str | None] | None:
    if tensorboard.is_event_file(data):
        return tensorboard.read_events(io.BytesIO(data)), None
    if database.is_database(data):
        return database.read_database(data), "ai-toolkit"
    text = data.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    first = text.partition("\n")[0][:_FIRST_LINE]
    if first.startswith("{"):
        if '"log_history"' in text:
            return tables.read_trainer_state(text), None
        return (tables.read_json_lines(text), None) if _is_record(first) else None
    if "," in first and ("loss" in first.lower() or first.startswith("step,key,value")):
        return tables.read_csv(text), None
    return None


def _is_record(line: str) -> bool:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and ("metrics" in record or any("loss" in key for key in record))
