"""Claims to an ordered list of rules: which problem is it, how sure, and what else stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from diagnostics.bundle import Evidence
from diagnostics.claims import Claim, Origin
from knowledge.model import Knowledge, Rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule that applies, with what shows it (strongest first)."""

    rule: Rule
    confidence: float
    claims: tuple[Claim, ...]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The lines that show it, once each."""
        return tuple(dict.fromkeys(claim.evidence for claim in self.claims if claim.evidence))

    @property
    def survived(self) -> bool:
        """Tell whether the training went on after all that shows it."""
        return all(claim.survived for claim in self.claims if not claim.supports)

    @property
    def note(self) -> str | None:
        """What the strongest claim has to say of its own."""
        return self.claims[0].note


def weigh(claims: Iterable[Claim], knowledge: Knowledge) -> tuple[Verdict, ...]:
    """Return the rules that apply, likeliest cause first.

    Of one origin the strongest claim counts; over origins the chance that all are wrong is multiplied (noisy-or).
    Then what another finding explains is dropped, and so is what is far less likely than the first.
    """
    ordered = sorted(claims, key=attrgetter("rule"))
    verdicts = [
        verdict
        for rule, group in groupby(ordered, key=attrgetter("rule"))
        if (verdict := _combine(knowledge.rules[rule], list(group))) is not None
    ]
    return _select(sorted(verdicts, key=lambda verdict: -verdict.confidence), knowledge)


def _combine(rule: Rule, claims: Sequence[Claim]) -> Verdict | None:
    alone = [claim for claim in claims if not claim.supports]
    if not alone:
        return None
    best: dict[tuple[Origin, bool], float] = {}
    for claim in claims:
        key = (claim.origin, claim.supports)
        best[key] = max(best.get(key, 0.0), claim.confidence)
    wrong = 1.0
    for (_, supports), confidence in best.items():
        wrong *= 1 - (confidence / 2 if supports else confidence)
    strongest = sorted(claims, key=lambda claim: (claim.supports, -claim.confidence))
    return Verdict(rule, min(1 - wrong, 0.99), tuple(strongest))


def _select(verdicts: list[Verdict], knowledge: Knowledge) -> tuple[Verdict, ...]:
    weights = knowledge.weighing
    chosen: list[Verdict] = []
    hidden: set[str] = set()
    for verdict in verdicts:
        least = weights.least if not chosen else max(weights.least_beside, weights.share_beside * chosen[0].confidence)
        if verdict.confidence < least or verdict.rule.id in hidden:
            continue
        chosen.append(verdict)
        hidden.update(verdict.rule.hides)
    return tuple(chosen)
