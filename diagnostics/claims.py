"""Claims: every single sign that a rule applies, before they are weighed against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diagnostics.bundle import Evidence
from diagnostics.config import TrainingConfig
from diagnostics.events import Event, Events
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
    survived: bool = False
    """True where the training went on after the line."""


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
    events = Events(reading)
    strong = [hit for hit in reading.hits if not hit.signature.weak]
    weak = tuple(
        hit
        for hit in reading.hits
        if hit.signature.weak and not (events.survived(hit.evidence.line) or events.stopped_by_hand(hit))
    )
    told = [(hit, events.of(hit)) for hit in strong or weak]
    ended = [hit for hit, tells in told if hit.run == reading.runs - 1 and not events.survived(_shown(hit, tells).line)]
    # the first error wins, and of two readings of one line the surer
    told.sort(key=lambda each: (_shown(*each).line, -each[0].signature.confidence))
    order: dict[str, int] = {}
    for hit, tells in told:
        yield _from_hit(hit, tells, reading, events, order, knowledge)
    if not strong or not ended:
        yield from _unexplained(reading, weak, events, knowledge)


def _shown(hit: Hit, told: list[Event]) -> Evidence:
    """Return the line to show: where the run ended in what the hit tells of, that and not what it survived before."""
    fatal = next((event.evidence for event in told if not event.survived), hit.evidence)
    return max(hit.evidence, fatal, key=lambda evidence: evidence.line)


def _from_hit(
    hit: Hit, told: list[Event], reading: LogReading, events: Events, order: dict[str, int], knowledge: Knowledge
) -> Claim:
    """Weigh one hit by what it tells of; `order` numbers the rules of the last run in the order of its errors."""
    weights = knowledge.weighing
    last = hit.run == reading.runs - 1
    weight = 1.0 if last else weights.earlier_run
    fatal = any(not event.survived for event in told)
    if not fatal and events.fatal_from(hit.run):
        weight *= weights.not_fatal
    elif last:
        weight *= weights.later_error ** order.setdefault(hit.rule, len(order))
    lasting = last and knowledge.rules[hit.rule].lasting
    survived = not fatal and not lasting and events.survived(hit.evidence.line)
    if survived and (not last or any(event.raised for event in told)):
        weight *= weights.survived
    severity = Severity.WARNING if survived else None
    note, confidence = hit.signature.note, hit.signature.confidence * weight
    return Claim(hit.rule, Origin.LOG, confidence, _shown(hit, told), note, severity, survived=survived)


def _unexplained(reading: LogReading, weak: tuple[Hit, ...], events: Events, knowledge: Knowledge) -> Iterator[Claim]:
    last = [
        t
        for t in reading.tracebacks
        if t.run == reading.runs - 1 and not t.wrapper and not events.survived(t.evidence.line)
    ]
    if last and not last[0].complete and any(hit.rule != "unknown-crash" for hit in weak):
        # it breaks off before it says what happened: the lines it went through say more than that it was there
        return
    errors = [error.evidence for error in reading.errors if not events.survived(error.evidence.line)]
    if last:
        yield Claim("unknown-crash", Origin.LOG, knowledge.weighing.unexplained, last[0].evidence)
    elif errors and not weak:
        yield Claim("unknown-crash", Origin.LOG, knowledge.weighing.unexplained_line, errors[0])


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
