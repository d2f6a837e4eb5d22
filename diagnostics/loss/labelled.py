"""Labelled loss curves: ``*.jsonl.gz``, one curve a line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.loss.model import Pattern
from diagnostics.loss.prepare import Floats

LABELS = {
    "healthy_flat": Pattern.NO_DECREASE,
    "plateau_early": Pattern.PLATEAU,
    "no_decrease": Pattern.NO_DECREASE,
    "too_fast": Pattern.TOO_FAST,
    "diverged_or_nan": Pattern.DIVERGED,
}
UNITS = {
    "avg": Unit.RUNNING_AVERAGE,
    "running_avg": Unit.RUNNING_AVERAGE,
    "ema": Unit.SMOOTHED,
    "epoch": Unit.EPOCH,
    "epoch_avg": Unit.EPOCH,
}
"""Window means (`window_avg`) are independent of each other, so they count as raw; so does every k-th value."""


@dataclass(frozen=True)
class LabelledCurve:
    """A curve and what it shows."""

    id: str
    series: Series
    pattern: Pattern
    source: str
    """Name of the file it came from, without endings."""
    group: str
    domain: str
    evaluated: tuple[Floats, Floats]
    """Steps and level of a noise-free evaluation; empty where none was made."""

    @classmethod
    def of(cls, name: str, series: Series, pattern: Pattern, source: str) -> LabelledCurve:
        """Return a labelled curve without a history."""
        return cls(name, series, pattern, source, source, "", (np.zeros(0), np.zeros(0)))


def read_curves(folder: Path) -> Iterator[LabelledCurve]:
    """Yield the curves of every ``*.jsonl.gz`` in a folder; raises `ValueError` naming the line that holds none.

    The label is what the curve shows: `shape` where the line has it, else `label`.
    """
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield _curve(json.loads(line), path.name.removesuffix(".jsonl.gz"), number)
                except (ValueError, KeyError, TypeError) as error:
                    raise ValueError(f"{path}:{number}: not a labelled curve: {error}") from error


def _curve(data: dict[str, Any], source: str, number: int) -> LabelledCurve:
    steps = _steps(data["steps"])
    loss = np.array([_number(value) for value in data["loss"]])
    if len(steps) != len(loss):
        raise ValueError(f"{len(steps)} steps but {len(loss)} losses")
    rate = data.get("lr")
    label = str(data.get("shape") or data["label"])
    return LabelledCurve(
        id=str(data.get("id", f"{source}:{number}")),
        series=Series(
            steps=steps,
            loss=loss,
            unit=UNITS.get(str(data.get("unit", "raw")), Unit.RAW),
            trainer=data.get("trainer"),
            learning_rate=np.array([_number(v) for v in rate])
            if isinstance(rate, list) and len(rate) == len(loss)
            else None,
        ),
        pattern=LABELS.get(label) or Pattern(label),
        source=source,
        group=str(data.get("group", source)),
        domain=str(data.get("domain", "")),
        evaluated=_evaluated(data),
    )


def _steps(steps: list[float] | dict[str, float]) -> np.ndarray[Any, np.dtype[np.int64]]:
    if isinstance(steps, dict):
        return np.asarray(steps["start"] + steps["by"] * np.arange(int(steps["n"])), dtype=np.int64)
    return np.asarray(steps, dtype=np.int64)


def _number(value: float | str | None) -> float:
    return float("nan") if value is None else float(value)


def _evaluated(data: dict[str, Any]) -> tuple[Floats, Floats]:
    steps = np.array([_number(value) for value in data.get("eval_steps", [])])
    level = np.array([_number(value) for value in data.get("eval_train", [])])
    usable = np.isfinite(level) & (level > 0)
    return steps[usable], level[usable]
