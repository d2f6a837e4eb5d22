"""The guide's checklists, answered from the bundle: what passed, what failed, and what is still to be provided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from diagnostics.report import CheckResult, Outcome, SupportChecklist
from knowledge.expressions import Context, evaluate
from knowledge.model import Checklist, ChecklistItem, Knowledge
from knowledge.wording import fill

SUPPORT = "support"


def run_checks(context: Context, profile: str | None, knowledge: Knowledge) -> tuple[CheckResult, ...]:
    """Return every checklist item that the facts decide; items of another model's profile are left out."""
    return tuple(
        result
        for checklist in knowledge.checklists.values()
        for item in items(checklist)
        if item.test and item.profile in (None, profile)
        for result in _run(checklist.id, item, context)
    )


def support_checklist(provided: Iterable[str], knowledge: Knowledge) -> SupportChecklist:
    """Split the guide's seven items into provided and missing; `provided` names parts of a bundle."""
    have = set(provided)
    listed = [item for item in items(knowledge.checklists[SUPPORT]) if item.evidence]
    return SupportChecklist(
        provided=tuple(item.check for item in listed if item.evidence in have),
        missing=tuple(item.check for item in listed if item.evidence not in have),
    )


def items(checklist: Checklist) -> Iterator[ChecklistItem]:
    """Yield the items of a checklist, those of its groups included."""
    yield from checklist.items
    for group in checklist.groups:
        yield from group.items


def _run(checklist: str, item: ChecklistItem, context: Context) -> Iterator[CheckResult]:
    outcome = evaluate(item.test, context) if item.test else None
    if outcome is True:
        why = item.why.confirmed
        yield CheckResult(checklist, item.check, item.requirement, Outcome.PASSED, fill(why, context) if why else None)
    elif outcome is False:
        why = item.why.ruled_out
        yield CheckResult(checklist, item.check, item.requirement, Outcome.FAILED, fill(why, context) if why else None)
