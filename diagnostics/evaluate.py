"""Scores the pipeline on labelled cases."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Finding, Report
from knowledge.model import Severity

NONE = "none"
_BINS = (0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


class Case(BaseModel):
    """One labelled case: a line of a ``.jsonl`` file."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str = ""
    files: dict[str, str] = Field(default_factory=dict)
    primary: str
    labels: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    kind: str = ""

    @property
    def bundle(self) -> Bundle:
        """The case as it would be handed in."""
        files = tuple(Attachment.from_bytes(name, text.encode()) for name, text in self.files.items())
        return Bundle(self.text, files)


@dataclass(frozen=True)
class Result:
    """What was found in one case."""

    case: Case
    report: Report

    @property
    def first(self) -> str:
        """Id of the first finding, ``none`` where there is none."""
        return self.report.findings[0].id if self.report.findings else NONE

    @property
    def right(self) -> bool:
        """The first finding is the primary one or, failing that, one of the labels."""
        return self.first == self.case.primary or self.first in self.case.labels

    @property
    def stray(self) -> tuple[Finding, ...]:
        """Findings outside labels and acceptable."""
        allowed = {*self.case.labels, *self.case.acceptable}
        return tuple(finding for finding in self.report.findings if finding.id not in allowed)

    @property
    def alarm(self) -> bool:
        """A finding of severity warning or critical where there should be none."""
        return self.case.primary == NONE and any(finding.severity is not Severity.INFO for finding in self.stray)


@dataclass(frozen=True)
class Scores:
    """Scores over all cases, shares 0..1; `noise` is findings a case."""

    results: tuple[Result, ...]

    @property
    def top1(self) -> float:
        """Share of cases whose first finding is right."""
        return _share(result.right for result in self.results)

    @property
    def false_alarms(self) -> float:
        """Share of cases without a problem that get a warning or worse."""
        return _share(result.alarm for result in self.results if result.case.primary == NONE)

    @property
    def noise(self) -> float:
        """Findings outside labels and acceptable, a case."""
        return sum(len(result.stray) for result in self.results) / max(len(self.results), 1)

    @property
    def by_kind(self) -> dict[str, float]:
        """top1 by kind of case."""
        kinds = sorted({result.case.kind for result in self.results})
        return {kind: _share(r.right for r in self.results if r.case.kind == kind) for kind in kinds}

    @property
    def recall(self) -> dict[str, float]:
        """For each id the share of cases labelled with it in which it is found."""
        found: dict[str, list[bool]] = defaultdict(list)
        for result in self.results:
            ids = {finding.id for finding in result.report.findings}
            for label in result.case.labels:
                found[label].append(label in ids or (label == NONE and not ids))
        return {label: _share(hits) for label, hits in sorted(found.items())}

    @property
    def confusion(self) -> dict[str, dict[str, int]]:
        """Primary id -> id found first -> cases."""
        table: dict[str, Counter[str]] = defaultdict(Counter)
        for result in self.results:
            table[result.case.primary][result.first] += 1
        return {primary: dict(counts.most_common()) for primary, counts in sorted(table.items())}

    @property
    def reliability(self) -> list[tuple[float, float, float, int]]:
        """(lower bound, mean confidence, share right, findings) of first findings by confidence."""
        rows = []
        for low, high in itertools.pairwise(_BINS):
            chosen = [r for r in self.results if r.report.findings and low <= r.report.findings[0].confidence < high]
            if chosen:
                mean = sum(r.report.findings[0].confidence for r in chosen) / len(chosen)
                rows.append((low, round(mean, 3), round(_share(r.right for r in chosen), 3), len(chosen)))
        return rows

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as ``evaluate --json`` prints them."""
        return {
            "count": len(self.results),
            "top1": round(self.top1, 4),
            "false_alarms": round(self.false_alarms, 4),
            "noise": round(self.noise, 4),
            "by_kind": self.by_kind,
            "recall": self.recall,
            "confusion": self.confusion,
            "reliability": self.reliability,
            "misses": [
                {"id": r.case.id, "primary": r.case.primary, "found": [f.id for f in r.report.findings]}
                for r in self.results
                if not r.right
            ],
            "cases": [
                {
                    "id": result.case.id,
                    "findings": [
                        {"id": f.id, "severity": f.severity.value, "confidence": f.confidence}
                        for f in result.report.findings
                    ],
                }
                for result in self.results
            ],
        }


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a ``.jsonl`` file; raises `ValueError` naming the line that is none."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield Case.model_validate(json.loads(line))
                except ValueError as error:
                    raise ValueError(f"{path}:{number}: not a labelled case: {error}") from error


def evaluate(cases: Iterable[Case], diagnostician: Diagnostician, advance: Callable[[], None] = lambda: None) -> Scores:
    """Diagnose every case; `advance` is called after each."""
    results = []
    for case in cases:
        results.append(Result(case, diagnostician.diagnose(case.bundle)))
        advance()
    return Scores(tuple(results))


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return round(sum(listed) / len(listed), 4) if listed else 0.0
