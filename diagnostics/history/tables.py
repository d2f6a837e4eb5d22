"""Histories as text: JSON lines (SimpleTuner, W&B), CSV (W&B, DiffSynth-Studio), Hugging Face trainer states."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from diagnostics.history.metrics import Metrics

_STEP_NAMES = ("step", "_step", "global_step", "trainer/global_step", "Step")
_LONGEST_FIELD = 100_000
_MOST_COLUMNS = 500


def read_json_lines(lines: Iterable[str]) -> Metrics:
    """Return the numbers of a file with one JSON object a line; lines that are none are passed over."""
    metrics = Metrics()
    for number, line in enumerate(lines):
        if metrics.left <= 0:
            break
        if line.lstrip().startswith("{"):
            try:
                _add(json.loads(line), number, metrics)
            except (ValueError, RecursionError):
                continue
    return metrics


def read_trainer_state(text: str) -> Metrics:
    """Return the ``log_history`` of a ``trainer_state.json``; raises `ValueError` where there is none."""
    try:
        history = json.loads(text)["log_history"]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("has no log_history") from error
    metrics = Metrics()
    for number, entry in enumerate(history if isinstance(history, list) else ()):
        _add(entry, number, metrics)
    return metrics


def read_csv(lines: Iterable[str]) -> Metrics:
    """Return the columns of a CSV file with a step column, or its rows of step, key and value.

    Raises `ValueError` where it is no CSV.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    metrics = Metrics()
    try:
        for number, row in enumerate(_rows(lines)):
            if metrics.left <= 0:
                break
            if {"step", "key", "value"} <= row.keys():
                _number(row["key"], _step(row, number), row["value"], metrics)
            else:
                _add(row, number, metrics)
    except csv.Error as error:
        raise ValueError(f"is no CSV that can be read: {error}") from error
    return metrics


def _rows(lines: Iterable[str]) -> Iterator[Mapping[str, str]]:
    reader = csv.DictReader(lines)
    if len(reader.fieldnames or ()) > _MOST_COLUMNS:
        raise csv.Error(f"more than {_MOST_COLUMNS} columns")
    for row in reader:
        yield {key: value for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}


def _add(entry: Any, number: int, metrics: Metrics) -> None:
    if not isinstance(entry, Mapping):
        return
    step = _step(entry, number)
    nested = entry.get("metrics")
    for name, value in {**entry, **(nested if isinstance(nested, Mapping) else {})}.items():
        if name not in _STEP_NAMES and not str(name).endswith(("__MIN", "__MAX")):
            _number(str(name), step, value, metrics)


def _step(entry: Mapping[str, Any], number: int) -> int:
    for name in _STEP_NAMES:
        try:
            return int(float(entry[name]))
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
    return number


def _number(name: str, step: int, value: Any, metrics: Metrics) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return
    try:
        metrics.add(name, step, float(value))
    except (ValueError, OverflowError):
        return
