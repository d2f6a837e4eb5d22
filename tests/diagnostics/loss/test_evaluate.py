"""Scores of labelled curves."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagnostics.log.model import Unit
from diagnostics.loss.evaluate import Judged, evaluate_curves, score
from diagnostics.loss.labelled import LabelledCurve, read_curves
from diagnostics.loss.model import CurveVerdict, Pattern
from tests.diagnostics.loss import curves


def judged(label: Pattern, found: Pattern, confidence: float) -> Judged:
    curve = LabelledCurve.of("one", curves.series(curves.flat(10)), label, "test")
    return Judged(curve, CurveVerdict(found, confidence, 10, "because"))


def write(folder: Path, *rows: dict[str, Any]) -> None:
    with gzip.open(folder / "made.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_score() -> None:
    scores = score(
        [
            judged(Pattern.HEALTHY, Pattern.HEALTHY, 0.95),
            judged(Pattern.HEALTHY, Pattern.SPIKES, 0.95),
            judged(Pattern.HEALTHY, Pattern.INSUFFICIENT, 0.5),
            judged(Pattern.SPIKES, Pattern.SPIKES, 0.65),
        ]
    )
    assert scores.count == 4
    assert scores.f1 == {"healthy": pytest.approx(1 / 2), "spikes": pytest.approx(2 / 3)}
    assert scores.macro_f1 == pytest.approx(7 / 12)
    assert scores.false_alarms == pytest.approx(1 / 3)
    assert scores.abstention == pytest.approx(1 / 4)
    assert scores.confusion == {
        "healthy": {"healthy": 1, "spikes": 1, "insufficient": 1},
        "spikes": {"spikes": 1},
    }
    assert [(row.low, row.count, row.right) for row in scores.reliability] == [(0.6, 1, 1.0), (0.9, 2, 0.5)]
    assert scores.calibration_error == pytest.approx((0.35 + 2 * 0.45) / 3)


def test_reading(tmp_path: Path) -> None:
    steps = {"start": 10, "by": 5, "n": 4}
    write(
        tmp_path, {"id": "a", "steps": steps, "loss": [0.1, "nan", "inf", None], "unit": "avg", "label": "no_decrease"}
    )
    (curve,) = read_curves(tmp_path)
    assert curve.pattern is Pattern.NO_DECREASE
    assert curve.series.unit is Unit.RUNNING_AVERAGE
    assert curve.series.steps.tolist() == [10, 15, 20, 25]
    assert np.isfinite(curve.series.loss).tolist() == [True, False, False, False]
    assert curve.source == "made"


def test_the_shape_outranks_the_cause(tmp_path: Path) -> None:
    write(tmp_path, {"steps": [1], "loss": [1], "label": "diverged", "shape": "spikes"})
    assert next(read_curves(tmp_path)).pattern is Pattern.SPIKES


@pytest.mark.parametrize(
    "row", [{"steps": [1, 2], "loss": [1], "label": "healthy"}, {"steps": [1], "loss": [1], "label": "?"}]
)
def test_a_bad_line_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    write(tmp_path, row)
    with pytest.raises(ValueError, match=r"made\.jsonl\.gz:1: not a labelled curve"):
        list(read_curves(tmp_path))


def test_no_curves(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no labelled curves"):
        evaluate_curves(tmp_path)


def test_report(tmp_path: Path) -> None:
    rows = []
    for label, level in (("healthy", curves.healthy(1500)), ("no_decrease", curves.flat(1500))):
        run = curves.series(level)
        rows.append({"steps": run.steps.tolist(), "loss": run.loss.tolist(), "label": label, "unit": "raw"})
    write(tmp_path, *rows)
    report = evaluate_curves(tmp_path)
    data = json.loads(json.dumps(report.to_dict()))
    assert data["macro_f1"] == 1.0
    assert data["false_alarms"] == 0.0
    assert set(data["slices"]) == {"raw", "averaged", "short", "noisy", "truncated"}
    assert data["slices"]["truncated"]["abstention"] == 1.0
    assert set(data["sources"]) == {"made"}
