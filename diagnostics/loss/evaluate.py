"""Scores the verdicts on labelled curves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from diagnostics.loss.judge import judge
from diagnostics.loss.labelled import LabelledCurve, read_curves
from diagnostics.loss.model import CurveVerdict, Pattern
from diagnostics.loss.slices import slices

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001)
"""Bins of the reliability table."""


@dataclass(frozen=True)
class Judged:
    """A labelled curve with its verdict."""

    curve: LabelledCurve
    verdict: CurveVerdict

    @property
    def found(self) -> Pattern:
        """The pattern of the verdict."""
        return self.verdict.pattern

    @property
    def right(self) -> bool:
        """The verdict names the label."""
        return self.found is self.curve.pattern


@dataclass(frozen=True, slots=True)
class Reliability:
    """Verdicts whose confidence lies in a bin, abstentions left out."""

    low: float
    confidence: float
    """Mean confidence."""
    right: float
    """Share that is right."""
    count: int


@dataclass(frozen=True)
class CurveScores:
    """Scores of a set of curves; all shares 0..1."""

    count: int
    macro_f1: float
    """Mean F1 over the patterns that are labelled in the set."""
    f1: dict[str, float]
    false_alarms: float | None
    """Share of healthy curves that are called a problem; None without healthy curves."""
    abstention: float
    """Share of all curves called insufficient."""
    accuracy: float
    confusion: dict[str, dict[str, int]]
    """Label -> pattern found -> curves."""
    reliability: tuple[Reliability, ...]
    calibration_error: float
    """Expected calibration error (Naeini et al. 2015) over the reliability table."""

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as JSON values."""
        return {
            "count": self.count,
            "macro_f1": round(self.macro_f1, 4),
            "false_alarms": None if self.false_alarms is None else round(self.false_alarms, 4),
            "abstention": round(self.abstention, 4),
            "accuracy": round(self.accuracy, 4),
            "calibration_error": round(self.calibration_error, 4),
            "f1": {pattern: round(value, 4) for pattern, value in self.f1.items()},
            "confusion": self.confusion,
            "reliability": [
                {
                    "from": row.low,
                    "confidence": round(row.confidence, 4),
                    "right": round(row.right, 4),
                    "count": row.count,
                }
                for row in self.reliability
            ],
        }


@dataclass(frozen=True)
class CurveReport:
    """Scores of all curves as logged, by source, and by slice."""

    overall: CurveScores
    sources: dict[str, CurveScores]
    slices: dict[str, CurveScores]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as ``evaluate-curves --json`` prints it."""
        return {
            **self.overall.to_dict(),
            "sources": {name: scores.to_dict() for name, scores in self.sources.items()},
            "slices": {name: scores.to_dict() for name, scores in self.slices.items()},
        }


def evaluate_curves(folder: Path, advance: Callable[[], None] = lambda: None) -> CurveReport:
    """Judge every curve of the ``*.jsonl.gz`` files in a folder, whole and in slices; `advance` is called after each.

    Raises `ValueError` naming the line that is no labelled curve, or where there is none at all.
    """
    curves = list(read_curves(folder))
    if not curves:
        raise ValueError(f"{folder} holds no labelled curves (*.jsonl.gz)")
    judged = []
    by_source: dict[str, list[Judged]] = defaultdict(list)
    by_slice: dict[str, list[Judged]] = defaultdict(list)
    for curve in curves:
        one = Judged(curve, judge(curve.series))
        judged.append(one)
        by_source[curve.source].append(one)
        for name, part in slices([curve]):
            by_slice[name].append(Judged(part, judge(part.series)))
        advance()
    return CurveReport(
        overall=score(judged),
        sources={name: score(some) for name, some in by_source.items()},
        slices={name: score(some) for name, some in by_slice.items()},
    )


def score(judged: Sequence[Judged]) -> CurveScores:
    """Score a set of judged curves."""
    confusion: dict[Pattern, Counter[Pattern]] = defaultdict(Counter)
    for one in judged:
        confusion[one.curve.pattern][one.found] += 1
    f1 = {pattern.value: _f1(pattern, confusion) for pattern in Pattern if pattern in confusion}
    healthy = [one for one in judged if one.curve.pattern is Pattern.HEALTHY]
    quiet = (Pattern.HEALTHY, Pattern.INSUFFICIENT)
    table = _reliability(judged)
    claims = sum(row.count for row in table)
    return CurveScores(
        count=len(judged),
        macro_f1=sum(f1.values()) / max(len(f1), 1),
        f1=f1,
        false_alarms=_share(one.found not in quiet for one in healthy) if healthy else None,
        abstention=_share(one.found is Pattern.INSUFFICIENT for one in judged),
        accuracy=_share(one.right for one in judged),
        confusion={
            label.value: {found.value: count for found, count in confusion[label].most_common()}
            for label in Pattern
            if label in confusion
        },
        reliability=table,
        calibration_error=sum(row.count * abs(row.confidence - row.right) for row in table) / max(claims, 1),
    )


def _f1(pattern: Pattern, confusion: dict[Pattern, Counter[Pattern]]) -> float:
    hits = confusion[pattern][pattern]
    labelled = sum(confusion[pattern].values())
    found = sum(counts[pattern] for counts in confusion.values())
    return 2 * hits / (labelled + found) if labelled + found else 0.0


def _reliability(judged: Sequence[Judged]) -> tuple[Reliability, ...]:
    rows = []
    claims = [one for one in judged if one.found is not Pattern.INSUFFICIENT]
    for low, high in pairwise(EDGES):
        some = [one for one in claims if low <= one.verdict.confidence < high]
        if some:
            mean = sum(one.verdict.confidence for one in some) / len(some)
            rows.append(Reliability(low, mean, _share(one.right for one in some), len(some)))
    return tuple(rows)


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return sum(listed) / len(listed) if listed else 0.0
