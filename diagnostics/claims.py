"""Claims: every single sign that a rule applies, before they are weighed against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diagnostics.bundle import Evidence
from diagnostics.config import TrainingConfig
from diagnostics.log import Hit, LogReading
from diagnostics.reading import Parts
from knowledge.expressions import Context, evaluate, names
from knowledge.model import Knowledge, Severity
from knowledge.wording import fill

_TOGETHER = "bundle"
"""Names the place of a reason that rests on no single line."""


class Origin(StrEnum):
    """What kind of sign a claim rests on. Signs of different origin are taken as independent."""

    LOG = "log"
    WORDS = "words"
    FACTS = "facts"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sign that a rule applies. `confidence` is the probability given this sign alone."""

    rule: str
    origin: Origin
    confidence: float
    evidence: Evidence | None
    note: str | None = None
    """Says it better than the rule's summary, because it knows the line."""
    severity: Severity | None = None
    """Where the sign itself says how bad it is."""
    supports: bool = False
    """Counts only beside another claim of the same rule."""


def claims_of(parts: Parts, context: Context, knowledge: Knowledge) -> tuple[Claim, ...]:
    """Collect the claims of everything that was read."""
    return (
        *(claim for reading in parts.readings for claim in _from_log(reading, knowledge)),
        *_from_words(parts),
        *(claim for config in parts.configs for claim in _from_config(config, context, knowledge)),
        *_from_facts(parts.origins, context, knowledge),
    )


def _from_words(parts: Parts) -> Iterator[Claim]:
    """Words on a line that is a log hit of the same rule are that hit once more, not a second sign."""
    told = {(hit.rule, hit.evidence.file, hit.evidence.line) for reading in parts.readings for hit in reading.hits}
    for symptom in parts.symptoms:
        same = (symptom.rule, symptom.evidence.file, symptom.evidence.line) in told
        yield Claim(symptom.rule, Origin.LOG if same else Origin.WORDS, symptom.confidence, symptom.evidence)


def _from_log(reading: LogReading, knowledge: Knowledge) -> Iterator[Claim]:
    weights = knowledge.weighing
    strong = [hit for hit in reading.hits if not hit.signature.weak]
    fatal = {(e.line, e.text) for e in reading.errors}
    fatal |= {(t.evidence.line, t.evidence.text) for t in reading.tracebacks if not t.wrapper}
    lines = {line for line, _ in fatal}
    order: dict[str, int] = {}
    for hit in strong or reading.hits:
        weight = 1.0
        if hit.run < reading.runs - 1:
            weight *= weights.earlier_run
        if lines and hit.evidence.line not in lines:
            weight *= weights.not_fatal
        elif hit.run == reading.runs - 1:
            weight *= weights.later_error ** order.setdefault(hit.rule, len(order))
        yield Claim(hit.rule, Origin.LOG, hit.signature.confidence * weight, hit.evidence, hit.signature.note)
    if not strong:
        yield from _unexplained(reading, reading.hits, knowledge)


def _unexplained(reading: LogReading, weak: tuple[Hit, ...], knowledge: Knowledge) -> Iterator[Claim]:
    last = [t for t in reading.tracebacks if t.run == reading.runs - 1 and not t.wrapper]
    if last and not last[0].complete and any(hit.rule != "unknown-crash" for hit in weak):
        # it breaks off before it says what happened: the lines it went through say more than that it was there
        return
    if last:
        yield Claim("unknown-crash", Origin.LOG, knowledge.weighing.unexplained, last[0].evidence)
    elif reading.errors and not weak:
        yield Claim("unknown-crash", Origin.LOG, knowledge.weighing.unexplained_line, reading.errors[0])


def _from_config(config: TrainingConfig, context: Context, knowledge: Knowledge) -> Iterator[Claim]:
    for seen in config.observations:
        pitfall = knowledge.pitfalls.get(seen.kind)
        if pitfall is not None and pitfall.finding is not None:
            text = fill(pitfall.text, context, seen.values)
            yield Claim(pitfall.finding, Origin.CONFIG, pitfall.confidence, seen.evidence, text, pitfall.severity)


def _from_facts(origins: Mapping[str, Evidence], context: Context, knowledge: Knowledge) -> Iterator[Claim]:
    for rule in knowledge.rules.values():
        for circumstance in rule.circumstances:
            if evaluate(circumstance.check, context) is True:
                confidence = circumstance.confidence
                if "loss.pattern" in circumstance.check:
                    certainty = context["loss"].get("confidence", 1.0)
                    confidence *= certainty if isinstance(certainty, float) else 1.0
                text = fill(circumstance.reason, context)
                evidence = _place(names(circumstance.check), origins, text) if text else None
                yield Claim(rule.id, Origin.FACTS, confidence, evidence, supports=circumstance.supports)


def _place(facts: tuple[str, ...], origins: Mapping[str, Evidence], text: str) -> Evidence:
    """Return the reason with the line of the first fact that has one."""
    for fact in facts:
        if fact in origins:
            return Evidence(origins[fact].file, origins[fact].line, text)
    return Evidence(_TOGETHER, 0, text)
