"""What a case is counted under, from its redacted report. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from knowledge.model import About, Kind

DAY = 24 * 3600
_EPOCH = date(1970, 1, 1)
_LENGTH = 80
_UNKNOWN = 5
"""Unknown errors of one case that are counted."""
_DATASET = {About.DATASET.value, About.CAPTIONS.value}
_VENDOR = re.compile(r"\b(?:NVIDIA|GeForce|Corporation|Graphics|AMD|\(R\)|\(TM\))\b\s{0,4}", re.IGNORECASE)
_STEPS = 8
"""Classes of durations that double: a median from them is within 4.5 % of the exact one."""
_SHORTEST = 0.01


class Subject(StrEnum):
    """The kinds of things that cases are counted under."""

    CASE = "case"
    """All cases; the subject is empty."""
    FINDING = "finding"
    """The likeliest cause; empty where nothing was found."""
    FINGERPRINT = "fingerprint"
    TRAINER = "trainer"
    MODEL = "model"
    GPU = "gpu"
    SERVER = "server"
    """``platform/server``."""
    CAUSE = "cause"
    """``dataset`` or ``other``: where the first thing to do lies."""
    ANSWERED_IN = "answered-in"
    """Class of the seconds from the submission to the first answer."""
    FIXED_IN = "fixed-in"
    """Class of the seconds from the submission to the first "fixed it"."""


class Mark(NamedTuple):
    """One thing that a case is counted under."""

    kind: str
    subject: str


def day_of(seconds: float) -> int:
    """Return the day (UTC) of a time in UNIX seconds, counted from 1970-01-01."""
    return int(seconds // DAY)


def month_of(day: int) -> int:
    """Return the first day of the month of a day."""
    return (_EPOCH + timedelta(day)).replace(day=1).toordinal() - _EPOCH.toordinal()


def duration_class(seconds: float) -> str:
    """Return the class of a duration, eight to the doubling."""
    return str(round(_STEPS * math.log2(max(seconds, _SHORTEST))))


def class_seconds(name: str) -> float:
    """Return the middle of a class, in seconds."""
    return float(2 ** (int(name) / _STEPS))


def marks_of(report: dict[str, Any] | None) -> frozenset[Mark]:
    """Return what a case with this report is counted under."""
    return frozenset((Mark(Subject.CASE, ""), *(_of(report) if report else ())))


def _of(report: dict[str, Any]) -> Iterator[Mark]:
    findings = report.get("findings") or []
    yield Mark(Subject.FINDING, findings[0]["id"] if findings else "")
    if findings:
        yield Mark(Subject.CAUSE, "dataset" if _is_dataset(findings[0]) else "other")
    if trainer := report.get("trainer"):
        yield Mark(Subject.TRAINER, trainer["id"])
    facts = report.get("facts") or {}
    if model := _name(str(facts.get("model") or "")):
        yield Mark(Subject.MODEL, model)
    if gpu := _VENDOR.sub("", str(facts.get("gpu") or "")).strip()[:_LENGTH]:
        yield Mark(Subject.GPU, gpu)
    for error in (report.get("unknown") or [])[:_UNKNOWN]:
        yield Mark(Subject.FINGERPRINT, error["fingerprint"])


def _is_dataset(finding: dict[str, Any]) -> bool:
    if finding.get("kind") == Kind.DATASET.value:
        return True
    open_rows = [row for row in finding.get("fixes") or () if row["status"] != "ruled-out"]
    return bool(open_rows) and open_rows[0]["about"] in _DATASET


def _name(model: str) -> str:
    # of a path or a repository the last part says which model it is
    return model.replace("\\", "/").rstrip("/").rpartition("/")[2].removesuffix(".safetensors")[:_LENGTH]
