"""A new or changed rule against kept cases: what it would have said of them. Pure.

Of a kept case its words are left, and the lines of its logs that were shown or that no rule knew. So signatures and
phrases can be tried; what a rule says of configs, datasets and curves cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from diagnostics.bundle import Document, Evidence, Kind
from diagnostics.diagnose import Diagnostician
from diagnostics.intake import MESSAGE
from diagnostics.weigh import Verdict
from knowledge.model import Rule

_FRAME = re.compile(r"(?P<file>.{1,400}):(?P<line>\d{1,9}) in (?P<name>.{0,200})")


@dataclass(frozen=True, slots=True)
class KeptCase:
    """What is left of a case, all of it redacted."""

    id: str
    words: str
    logs: tuple[str, ...]
    """Lines that were shown as evidence, and errors that no rule knew."""
    findings: Mapping[str, float]
    """What was answered, with its confidence, the likeliest cause first."""
    verdict: str = ""
    """What people say became of it: ``fixed``, ``did-not-help``, ``wrong``, or empty."""

    @classmethod
    def read(cls, case: str, words: Sequence[str], report: Mapping[str, Any], verdict: str | None) -> KeptCase:
        """Read it from a stored report (the JSON contract)."""
        findings = report.get("findings") or ()
        shown = (each for found in findings for each in found.get("evidence") or ())
        lines = dict.fromkeys(str(each["text"]) for each in shown if each["line"] and each["file"] != MESSAGE)
        errors = (_traceback(str(each["text"])) for each in report.get("unknown") or ())
        return cls(
            case,
            "\n".join(words),
            (*lines, *errors),
            {str(each["id"]): float(each["confidence"]) for each in findings},
            verdict or "",
        )


class Effect(StrEnum):
    """What a rule does to the answer of a case."""

    NAMED = "named"
    """It says what is wrong where nothing was said, or only what the rule explains better."""
    FIRST = "first"
    """It goes before the cause that was named."""
    BESIDE = "beside"
    """It is named after it."""
    SAME = "same"
    """It was named already."""
    LOST = "lost"
    """It was named, and would be no longer."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule would have changed in one case."""

    case: str
    effect: Effect
    instead_of: str
    """The cause that was named first; empty where there was none."""
    evidence: Evidence | None
    verdict: str
    false: bool
    """True where people say otherwise: another cause was right, or this one wrong."""

    @property
    def rescued(self) -> bool:
        """Whether people found no help in the answer that it takes the place of."""
        return self.effect in (Effect.NAMED, Effect.FIRST) and self.verdict in ("wrong", "did-not-help")


class Trial:
    """Tries `rule` as `after` knows it; `before` is what answers today."""

    def __init__(self, before: Diagnostician, after: Diagnostician, rule: str) -> None:
        self._before = before
        self._after = after
        self.rule: Rule = after.knowledge.rules[rule]

    def of(self, case: KeptCase) -> Change | None:
        """Return what it would have changed; None where it does not apply, or that cannot be told any more."""
        documents = tuple(_documents(case))
        hit = self._hit(self._after, documents)
        first = next(iter(case.findings), "")
        known = self.rule.id in case.findings
        if hit is None:
            # it may rest on a config that is not kept: then the rule of today does not hit either
            lost = known and self._hit(self._before, documents) is not None
            return Change(case.id, Effect.LOST, first, None, case.verdict, self._right(case, first)) if lost else None
        if known:
            effect = Effect.SAME
        elif not first or first in self.rule.hides:
            effect = Effect.NAMED
        else:
            effect = Effect.FIRST if hit.confidence > case.findings[first] else Effect.BESIDE
        false = case.verdict == "fixed" if effect is Effect.FIRST else self._wrong(case, first)
        return Change(case.id, effect, first, hit.evidence[0] if hit.evidence else None, case.verdict, false)

    def _hit(self, by: Diagnostician, documents: Iterable[Document]) -> Verdict | None:
        return next((each for each in by.weigh(documents) if each.rule.id == self.rule.id), None)

    def _right(self, case: KeptCase, first: str) -> bool:
        return first == self.rule.id and case.verdict == "fixed"

    def _wrong(self, case: KeptCase, first: str) -> bool:
        return first == self.rule.id and case.verdict == "wrong"


def _documents(case: KeptCase) -> Iterable[Document]:
    if case.words:
        yield Document(MESSAGE, Kind.PROSE, case.words)
    # a log each: what went before is not known, and the first error of a log wins
    for number, text in enumerate(case.logs, 1):
        yield Document(f"{number}", Kind.LOG, f"{text}\n")


def _traceback(text: str) -> str:
    """Return an unknown error (`UnknownError.text`: frames, and last the message) as Python printed it."""
    *frames, message = text.split("\n")
    found = [match for frame in frames if (match := _FRAME.match(frame))]
    lines = [f'  File "{each["file"]}", line {each["line"]}, in {each["name"]}' for each in found]
    return "\n".join([*(["Traceback (most recent call last):", *lines] if lines else []), message])
