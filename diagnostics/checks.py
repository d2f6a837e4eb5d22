"""The guide's checklists, answered from the bundle: what passed, what failed, and what is still to be provided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from diagnostics.report import CheckResult, Outcome, SupportChecklist
from knowledge.expressions import Context, evaluate
from knowledge.model import Checklist, ChecklistItem, Knowledge
from knowledge.wording import fill

SUPPORT = "support"


def run_checks(context: Context, profile: str | None, knowledge: Knowledge) -> tuple[CheckResult, ...]:
    """Return every checklist item that the facts decide; items of another model's profile are left out.

    Of a checklist that is given whole, every item.
    """
    results: list[CheckResult] = []
    for checklist in knowledge.checklists.values():
        whole = checklist.whole_if is not None and evaluate(checklist.whole_if, context) is True
        for item in items(checklist):
            if item.profile in (None, profile):
                results += _run(checklist.id, item, context, knowledge.wording.open if whole else "")
    return tuple(results)


def given_whole(results: Sequence[CheckResult], knowledge: Knowledge) -> Iterator[tuple[Checklist, list[CheckResult]]]:
    """Yield the checklists that a report answers item by item, each with its results."""
    for checklist in knowledge.checklists.values():
        own = [each for each in results if each.checklist == checklist.id]
        if checklist.whole_if is not None and len(own) == sum(1 for _ in items(checklist)):
            yield checklist, own


def open_items(checklist: Checklist, results: Sequence[CheckResult], knowledge: Knowledge) -> str:
    """Return one sentence on the items that can't be told; empty where there is none."""
    items = ", ".join(each.check for each in results if each.outcome is Outcome.OPEN)
    return knowledge.wording.open_items.format(items=items, title=checklist.title) if items else ""


def differing(results: Sequence[CheckResult], knowledge: Knowledge) -> list[CheckResult]:
    """Return what failed, without the checklists that are given whole."""
    whole = {checklist.id for checklist, _ in given_whole(results, knowledge)}
    return [each for each in results if each.outcome is Outcome.FAILED and each.checklist not in whole]


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


def _run(checklist: str, item: ChecklistItem, context: Context, open_words: str) -> Iterator[CheckResult]:
    outcome = evaluate(item.test, context) if item.test else None
    if outcome is True:
        why = item.why.confirmed
        yield CheckResult(checklist, item.check, item.requirement, Outcome.PASSED, fill(why, context) if why else None)
    elif outcome is False:
        why = item.why.ruled_out
        yield CheckResult(checklist, item.check, item.requirement, Outcome.FAILED, fill(why, context) if why else None)
    elif open_words:
        # what is known all the same, where the test says that it decides nothing
        known = fill(item.why.confirmed, context) if isinstance(outcome, str) and item.why.confirmed else None
        why = " ".join(filter(None, (known, open_words, item.how)))
        yield CheckResult(checklist, item.check, item.requirement, Outcome.OPEN, why)
