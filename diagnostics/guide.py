"""The troubleshooting guide as it is presented: guided tree, rules and checklists as plain data for any renderer.

A place in the tree is a path of answer numbers (0-based), so that an adapter can keep it in a button or a URL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diagnostics.fixes import fix_rows
from knowledge.expressions import context_of
from knowledge.facts import Facts
from knowledge.model import Answer, Checklist, ChecklistItem, Kind, Knowledge, Question, Rule
from knowledge.wording import fill


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under `columns`; a cell without content is empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None
    numbered: bool = False
    """True where the guide numbers the title: the steps of an emergency procedure."""

    def lines(self) -> Iterator[str]:
        """Yield the table as plain text."""
        if self.title:
            yield self.title
        for row in self.rows:
            yield f"- {' | '.join(cell for cell in row if cell)}"


@dataclass(frozen=True, slots=True)
class RuleView:
    """One problem with everything that the guide says about it."""

    id: str
    title: str
    section: str | None
    summary: str | None
    symptoms: tuple[str, ...]
    first: str | None
    facts: tuple[Table, ...]
    """Curve rules: the guide's row of the problem pattern, and the good pattern of each profile."""
    fixes: Table
    test: str | None
    commands: str | None
    source: str | None

    def lines(self) -> Iterator[str]:
        """Yield the rule as plain text."""
        yield self.title
        if self.summary:
            yield self.summary
        yield from (f"- {symptom}" for symptom in self.symptoms)
        for table in self.facts:
            yield from table.lines()
        if self.first:
            yield f"First: {self.first}"
        yield from self.fixes.lines()
        yield from self.commands.splitlines() if self.commands else ()
        if self.test:
            yield f"Test: {self.test}"


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """One checklist; the last column says how to find out."""

    id: str
    title: str
    section: str | None
    groups: tuple[Table, ...]
    remark: str | None

    def lines(self) -> Iterator[str]:
        """Yield the checklist as plain text."""
        yield self.title
        for group in self.groups:
            yield from group.lines()
        if self.remark:
            yield self.remark


@dataclass(frozen=True, slots=True)
class Page:
    """A place in the guided tree: what has been answered, what is known there, and what is asked next."""

    path: tuple[int, ...]
    trail: tuple[str, ...]
    """The answers that lead here, in words."""
    question: str | None
    """None at the end of a branch; `answers` is empty then."""
    answers: tuple[str, ...]
    rules: tuple[RuleView, ...]
    checklists: tuple[ChecklistView, ...]
    remark: str
    """The guide's closing remark."""


def page(knowledge: Knowledge, path: Sequence[int] = ()) -> Page:
    """Return the place that the answers `path` lead to; raises LookupError where there is no such answer."""
    question: Question | None = knowledge.flowchart
    chosen: list[Answer] = []
    for number in path:
        if question is None or not 0 <= number < len(question.answers):
            raise LookupError(f"there is no answer {number + 1} here")
        chosen.append(question.answers[number])
        question = chosen[-1].ask
    rules, checklists = _reached(chosen[-1]) if chosen else ((), ())
    return Page(
        path=tuple(path),
        trail=tuple(answer.answer for answer in chosen),
        question=question.question if question else None,
        answers=tuple(answer.answer for answer in question.answers) if question else (),
        rules=tuple(rule_view(knowledge.rules[rule], knowledge) for rule in rules),
        checklists=tuple(checklist_view(knowledge.checklists[name]) for name in checklists),
        remark=knowledge.remark,
    )


def walk(knowledge: Knowledge) -> Iterator[Page]:
    """Yield every place of the tree, the root first, each before those below it."""
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        here = page(knowledge, waiting.pop())
        yield here
        waiting += [(*here.path, number) for number in reversed(range(len(here.answers)))]


def rule_view(rule: Rule, knowledge: Knowledge) -> RuleView:
    """Return `rule` as the guide shows it; its rows in the order that helps, nothing known of any bundle."""
    unknown = context_of(Facts())
    rows = [
        (row.diagnosis or "", row.solution, row.setting or "", row.priority.value if row.priority else "")
        for row in fix_rows(rule, unknown, knowledge.wording)
    ]
    return RuleView(
        id=rule.id,
        title=rule.title,
        section=rule.section,
        summary=fill(rule.summary, unknown),
        symptoms=rule.symptoms,
        first=rule.first,
        facts=tuple(_curve_tables(rule, knowledge)),
        fixes=Table(("If", "Do", "Setting", "Priority"), tuple(rows)),
        test=rule.test,
        commands=rule.commands,
        source=rule.source,
    )


def checklist_view(checklist: Checklist) -> ChecklistView:
    """Return `checklist` as the guide shows it."""
    columns = (*(checklist.columns or ("Check", "")), "How")
    groups = [Table(columns, _rows(checklist.items))] if checklist.items else []
    groups += [Table(columns, _rows(group.items), group.title, numbered=True) for group in checklist.groups]
    return ChecklistView(checklist.id, checklist.title, checklist.section, tuple(groups), checklist.remark)


def _reached(answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (*([answer.rule] if answer.rule else []), *answer.rules), answer.checklists


def _curve_tables(rule: Rule, knowledge: Knowledge) -> Iterator[Table]:
    if rule.kind is not Kind.CURVE:
        return
    yield Table(("Pattern", "Symptom", "Cause"), ((rule.pattern or "", rule.symptom or "", rule.cause or ""),))
    for profile in knowledge.profiles.values():
        if profile.good_curve:
            rows = tuple((f"Steps {p.steps}: Loss {p.loss} ({p.remark})",) for p in profile.good_curve)
            yield Table(("Good training pattern",), rows, f"Good training pattern ({profile.title}):")


def _rows(items: Sequence[ChecklistItem]) -> tuple[tuple[str, ...], ...]:
    return tuple((item.check, item.requirement or "", item.how or "") for item in items)
