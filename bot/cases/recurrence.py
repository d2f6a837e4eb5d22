"""What recurs: counts of findings, errors, trainers, models and GPUs over a time, without a look at the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.marks import DAY, Subject, class_seconds
from bot.cases.tables import CaseRow, MarkRow, OutcomeRow, TallyRow
from diagnostics.ranking import Tried

BEFORE = 28
"""Days that a trend looks back."""
_KINDS = (Subject.FINDING, Subject.FINGERPRINT, Subject.TRAINER, Subject.MODEL, Subject.GPU)
_SOME = (*_KINDS, Subject.CASE, Subject.CAUSE)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days (UTC), the first and the one after the last, of one server or, with `server` None, of all."""

    first: int
    end: int
    platform: str = ""
    server: str | None = None

    @property
    def days(self) -> int:
        """How many."""
        return self.end - self.first


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
            now = (await session.execute(counted(span, _SOME))).all()
            past = Span(span.first - BEFORE, span.first, span.platform, span.server)
            earlier = (await session.execute(counted(past, _SOME))).all()
            before = {(kind, subject): cases for kind, subject, cases, *_ in earlier}
            of: dict[str, list[Count]] = {}
            for kind, subject, cases, people, fixed, failed, wrong in now:
                past_cases = before.get((kind, subject), 0)
                of.setdefault(kind, []).append(Count(kind, subject, cases, people, fixed, failed, wrong, past_cases))
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

    async def servers(self, first: int, end: int) -> list[tuple[str, str, int]]:
        """Return (platform, server, cases) over some days, the largest first."""
        query = (
            select(TallyRow.platform, TallyRow.server, func.sum(TallyRow.cases))
            .where(TallyRow.kind == Subject.CASE, TallyRow.subject == "", TallyRow.day >= first, TallyRow.day < end)
            .group_by(TallyRow.platform, TallyRow.server)
            .order_by(func.sum(TallyRow.cases).desc())
        )
        async with self._database.read() as session:
            return [(platform, server, cases) for platform, server, cases in (await session.execute(query)).all()]

    async def known_before(self, span: Span, kind: Subject, subjects: Sequence[str]) -> frozenset[str]:
        """Return those of the subjects that a server saw before a span."""
        query = select(TallyRow.subject.distinct()).where(
            TallyRow.platform == span.platform,
            TallyRow.server == span.server,
            TallyRow.kind == kind,
            TallyRow.subject.in_(subjects),
            TallyRow.day < span.first,
        )
        async with self._database.read() as session:
            return frozenset(await session.scalars(query))

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
        query = (
            select(CaseRow)
            .join(MarkRow, MarkRow.case_id == CaseRow.id)
            .where(MarkRow.kind == Subject.FINGERPRINT, MarkRow.subject == fingerprint, CaseRow.evidence)
            .order_by(MarkRow.case_id.desc())
            .limit(most)
        )
        if span.server is not None:
            query = query.where(CaseRow.platform == span.platform, CaseRow.server == span.server)
        async with self._database.read() as session:
            return tuple(await session.scalars(query))

    async def _median(self, session: AsyncSession, span: Span, kind: Subject) -> float | None:
        classes = [(class_seconds(row[1]), row[2]) for row in (await session.execute(counted(span, (kind,)))).all()]
        left = sum(cases for _, cases in classes) / 2
        for seconds, cases in sorted(classes):
            left -= cases
            if left <= 0:
                return seconds
        return None


async def outcomes(session: AsyncSession, finding: str) -> dict[str, Tried]:
    """Return what people say of the fixes of a finding, by `fix_key`."""
    rows = await session.scalars(select(OutcomeRow).where(OutcomeRow.finding == finding))
    return {row.fix: Tried(row.tried, row.helped) for row in rows}


async def of_subject(session: AsyncSession, span: Span, kind: Subject, subject: str) -> tuple[int, int]:
    """Return the cases and the people of one subject over a span."""
    query = _sums(span, func.sum(TallyRow.cases), func.sum(TallyRow.people))
    row = (await session.execute(query.where(TallyRow.kind == kind, TallyRow.subject == subject))).one()
    return row[0] or 0, row[1] or 0


def counted(span: Span, kinds: Sequence[Subject]) -> Select[*tuple[Any, ...]]:
    """Return the query for (kind, subject, cases, people, fixed, failed, wrong) over a span."""
    columns = (TallyRow.cases, TallyRow.people, TallyRow.fixed, TallyRow.failed, TallyRow.wrong)
    query = _sums(span, TallyRow.kind, TallyRow.subject, *(func.sum(column) for column in columns))
    return query.where(TallyRow.kind.in_([str(kind) for kind in kinds])).group_by(TallyRow.kind, TallyRow.subject)


def by_day(span: Span) -> Select[*tuple[Any, ...]]:
    """Return the query for (day, cases) over a span."""
    query = _sums(span, TallyRow.day, func.sum(TallyRow.cases))
    return query.where(TallyRow.kind == Subject.CASE, TallyRow.subject == "").group_by(TallyRow.day)


def called(platform: str, server: str, since: float) -> Select[CaseRow]:
    """Return the query for the cases to which a human was called since a time, and which nobody calls fixed."""
    return select(CaseRow).where(
        CaseRow.platform == platform,
        CaseRow.server == server,
        CaseRow.called_at.is_not(None),
        CaseRow.called_at >= since,
        CaseRow.verdict.is_distinct_from("fixed"),
    )


def month(now: float) -> int:
    """Return the first day of the month (UTC) of a time."""
    from datetime import UTC, datetime

    start = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(start.timestamp()) // DAY


def _sums(span: Span, *columns: Any) -> Select[*tuple[Any, ...]]:
    query = select(*columns).where(TallyRow.day >= span.first, TallyRow.day < span.end)
    if span.server is not None:
        query = query.where(TallyRow.platform == span.platform, TallyRow.server == span.server)
    return query
