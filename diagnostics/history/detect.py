"""Finds out whether a file is a loss history, by its content, and reads it from front to back."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from diagnostics.history import database, tables, tensorboard
from diagnostics.history.metrics import Metrics, series_of
from diagnostics.log.model import Series
from diagnostics.text import encoding_of

_FIRST_LINE = 20_000
_LONGEST_LINE = 1 << 20
_BLANK = "\ufeff \t\r\n"
_COLUMN = re.compile(r'"?[a-z_][\w/ .:()-]{0,200}"?')


class HistoryError(Exception):
    """The file is a loss history that cannot be used; the text says why."""


class HistoryKind(StrEnum):
    """What sort of loss history a file is."""

    EVENTS = "TensorBoard event file"
    DATABASE = "loss database"
    STATE = "trainer state"
    JSON_LINES = "file of JSON lines"
    CSV = "CSV export"


def history_kind(head: bytes) -> HistoryKind | None:
    """Tell from the first bytes (some 64 KB) what history a file may be; None where it is none."""
    if tensorboard.is_event_file(head):
        return HistoryKind.EVENTS
    if database.is_database(head):
        return HistoryKind.DATABASE
    text = head.decode(encoding_of(head), errors="replace").lstrip(_BLANK)
    first = text.partition("\n")[0][:_FIRST_LINE]
    if first.startswith("{") and '"log_history"' in text:
        return HistoryKind.STATE
    if first.startswith("{") and _is_record(first):
        return HistoryKind.JSON_LINES
    return HistoryKind.CSV if _is_table(first) else None


def read_history(name: str, file: BinaryIO, kind: HistoryKind, most: int) -> Series | None:
    """Return the training loss in a file that is open at its start, or None where it is no history after all.

    No more than `most` bytes of it are read. Raises `HistoryError` for an event file without a loss.
    """
    if kind is HistoryKind.EVENTS:
        return _series(tensorboard.read_events(file), name)
    encoding = encoding_of(file.read(_FIRST_LINE))
    file.seek(0)
    with io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as text:
        try:
            metrics = _from_text(text, kind, most)
        except ValueError:
            return None
    return series_of(metrics, name)


def read_database(name: str, path: Path) -> Series:
    """Return the training loss in a private copy of a database; raises `HistoryError` where there is none."""
    try:
        return _series(database.read_database(path), name, "ai-toolkit")
    except database.DatabaseError as error:
        raise HistoryError(str(error)) from error


def _series(metrics: Metrics, name: str, trainer: str | None = None) -> Series:
    series = series_of(metrics, name, trainer)
    if series is None:
        raise HistoryError("holds no training loss")
    return series


def _from_text(text: io.TextIOWrapper, kind: HistoryKind, most: int) -> Metrics:
    if kind is HistoryKind.STATE:
        return tables.read_trainer_state(text.read(most))
    lines = _lines(text)
    return tables.read_json_lines(lines) if kind is HistoryKind.JSON_LINES else tables.read_csv(lines)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    first = True
    while line := text.readline(_LONGEST_LINE):
        line = line.replace("\0", "")
        if first and not line.strip(_BLANK):
            continue
        yield line.lstrip(_BLANK) if first else line
        first = False


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
