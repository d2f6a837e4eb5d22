"""What recurs: counts of findings, errors, trainers, models and GPUs over a time, without a look at the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.marks import Subject, class_seconds
from bot.cases.questions import by_day, called, counted, example_cases, fixes_tried, seen_before, subject_sums
from bot.cases.spans import Span
from bot.cases.tables import CaseRow
from diagnostics.ranking import Tried

_KINDS = (Subject.FINDING, Subject.FINGERPRINT, Subject.TRAINER, Subject.MODEL, Subject.GPU, Subject.SERVER)
_SOME = (*_KINDS, Subject.CASE, Subject.CAUSE)


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was there. `before` is the same over the 28 days before the span."""

    kind: str
    subject: str
    cases: int
    people: int
    """Where the span ends in the past, those who did not come again since."""
    fixed: int
    failed: int
    wrong: int
    before: int

    @property
    def solved(self) -> float | None:
        """The share that was fixed, of those about which anyone said what became of them."""
        said = self.fixed + self.failed + self.wrong
        return self.fixed / said if said else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that is counted over one span; of each kind the most frequent first."""

    span: Span
    of: dict[str, tuple[Count, ...]]
    median_answer: float | None
    """Seconds, within 4.5 %."""
    median_fixed: float | None
    by_day: tuple[int, ...]
    """Cases of each day of the span."""

    @property
    def total(self) -> Count:
        """All cases."""
        listed = self.of.get(Subject.CASE, ())
        return listed[0] if listed else Count(Subject.CASE, "", 0, 0, 0, 0, 0, 0)

    @property
    def dataset_share(self) -> float | None:
        """The share of the diagnosed cases whose first remedy lies in the dataset or its captions."""
        causes = {count.subject: count.cases for count in self.of.get(Subject.CAUSE, ())}
        return causes.get("dataset", 0) / sum(causes.values()) if causes else None


class Recurrence:
    """Answers from the tallies alone: what a question costs goes by the days and subjects asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self, span: Span) -> Counts:
        """Count everything over a span."""
        async with self._database.read() as session:
            now = await _summed(session, span, _SOME)
            before = await _summed(session, span.past, _SOME)
            of: dict[str, list[Count]] = {}
            for (kind, subject), numbers in now.items():
                past = before.get((kind, subject), (0,))[0]
                of.setdefault(kind, []).append(Count(kind, subject, *numbers, past))
            for listed in of.values():
                listed.sort(key=lambda count: (-count.cases, count.subject))
            daily: dict[int, int] = {row[0]: row[1] for row in (await session.execute(by_day(span))).all()}
            return Counts(
                span,
                {kind: tuple(listed) for kind, listed in of.items()},
                await self._median(session, span, Subject.ANSWERED_IN),
                await self._median(session, span, Subject.FIXED_IN),
                tuple(daily.get(day, 0) for day in range(span.first, span.end)),
            )

    async def known_before(self, span: Span, kind: Subject, subjects: Sequence[str]) -> frozenset[str]:
        """Return those of the subjects that a server saw before a span."""
        async with self._database.read() as session:
            return frozenset(await session.scalars(seen_before(span, kind, subjects)))

    async def waiting(self, platform: str, server: str, since: float, most: int) -> tuple[int, tuple[CaseRow, ...]]:
        """Return how many cases wait for a human since a time, and the newest of them."""
        query = called(platform, server, since)
        async with self._database.read() as session:
            total = await session.scalar(select(func.count()).select_from(query.subquery()))
            rows = await session.scalars(query.order_by(CaseRow.called_at.desc()).limit(most))
            return total or 0, tuple(rows)

    async def outcomes(self, finding: str) -> dict[str, Tried]:
        """Return what people say of the fixes of a finding, by `fix_key`."""
        async with self._database.read() as session:
            return await outcomes(session, finding)

    async def examples(self, fingerprint: str, span: Span, most: int) -> tuple[CaseRow, ...]:
        """Return the newest cases with an unknown error whose evidence is still there."""
        async with self._database.read() as session:
            return tuple(await session.scalars(example_cases(fingerprint, span, most)))

    async def error_text(self, fingerprint: str, span: Span) -> str:
        """Return the last line of an unknown error, redacted; empty where no evidence is kept any more."""
        for row in await self.examples(fingerprint, span, 1):
            for error in (row.report or {}).get("unknown") or ():
                if error["fingerprint"] == fingerprint:
                    return str(error["text"]).strip().rpartition("\n")[2]
        return ""

    async def _median(self, session: AsyncSession, span: Span, kind: Subject) -> float | None:
        found = await _summed(session, span, (kind,))
        classes = [(class_seconds(subject), numbers[0]) for (_, subject), numbers in found.items()]
        left = sum(cases for _, cases in classes) / 2
        for seconds, cases in sorted(classes):
            left -= cases
            if left <= 0:
                return seconds
        return None


async def outcomes(session: AsyncSession, finding: str) -> dict[str, Tried]:
    """Return what people say of the fixes of a finding, by `fix_key`."""
    rows = await session.scalars(fixes_tried(finding))
    return {row.fix: Tried(row.tried, row.helped) for row in rows}


async def of_subject(session: AsyncSession, span: Span, kind: Subject, subject: str) -> tuple[int, int]:
    """Return the cases and the people of one subject over a span."""
    cases = people = 0
    for piece in span.pieces:
        row = (await session.execute(subject_sums(span, piece, kind, subject))).one()
        cases, people = cases + (row[0] or 0), people + (row[1] or 0)
    return cases, people


async def _summed(
    session: AsyncSession, span: Span, kinds: Sequence[Subject]
) -> dict[tuple[str, str], tuple[int, int, int, int, int]]:
    sums: dict[tuple[str, str], tuple[int, int, int, int, int]] = {}
    for piece in span.pieces:
        for kind, subject, *numbers in (await session.execute(counted(span, piece, kinds))).all():
            known = sums.get((kind, subject), (0, 0, 0, 0, 0))
            cases, people, fixed, failed, wrong = (a + b for a, b in zip(known, numbers, strict=True))
            sums[kind, subject] = (cases, people, fixed, failed, wrong)
    return sums
