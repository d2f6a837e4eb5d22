"""What a diagnosis says: typed, complete, and the same for every adapter. `to_dict()` is the JSON contract."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from diagnostics.bundle import Evidence, Skipped
from diagnostics.loss.model import CurveVerdict
from knowledge.expressions import Value
from knowledge.model import About, Kind, Priority, Severity

SCHEMA = 1


class Status(StrEnum):
    """What the bundle says about a fix row."""

    CONFIRMED = "confirmed"
    RULED_OUT = "ruled-out"
    TO_CHECK = "to-check"


@dataclass(frozen=True, slots=True)
class FixRow:
    """A row of a fix table, marked by what the bundle shows."""

    diagnosis: str | None
    solution: str
    setting: str | None
    priority: Priority | None
    about: About
    status: Status
    why: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, how sure that is, and what to do."""

    id: str
    kind: Kind
    severity: Severity
    confidence: float
    """Probability, 0..1."""
    title: str
    summary: str
    evidence: tuple[Evidence, ...]
    fixes: tuple[FixRow, ...]
    test: str | None = None
    first: str | None = None
    commands: str | None = None


@dataclass(frozen=True, slots=True)
class TrainerGuess:
    """Which trainer wrote the config or the log."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing that is no problem by itself."""

    text: str
    evidence: Evidence | None = None


class Outcome(StrEnum):
    """What the bundle says about a checklist item."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """It can't be told from this; why, and how to find out, stands beside it. Only in checklists given whole."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A checklist item that the bundle answers."""

    checklist: str
    check: str
    requirement: str | None
    outcome: Outcome
    why: str | None


@dataclass(frozen=True, slots=True)
class SupportChecklist:
    """The guide's items to provide when asking for help."""

    provided: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownError:
    """An error that no rule knows. `fingerprint` is equal for the same error of other people."""

    fingerprint: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """The whole diagnosis; `findings` has the likeliest cause first and is empty where nothing wrong was found."""

    trainer: TrainerGuess | None
    profile: str | None
    facts: dict[str, Value]
    findings: tuple[Finding, ...]
    loss: CurveVerdict | None
    checklist: SupportChecklist
    checks: tuple[CheckResult, ...]
    notes: tuple[Note, ...]
    ask: tuple[str, ...]
    """What to add so that more can be said."""
    config_patch: str | None
    unknown: tuple[UnknownError, ...]
    skipped: tuple[Skipped, ...]
    usable: bool = True
    """False where nothing in the bundle could be read as config, log, dataset or words."""
    remark: str | None = None
    """The guide's closing remark, where it bears on the findings."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON contract (schema 1); numbers that JSON has no words for (NaN, infinity) become null."""
        return {"schema": SCHEMA, **{key: _plain(value) for key, value in asdict(self).items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
