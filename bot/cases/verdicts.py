"""What became of a case, from everybody's words: the asker's own counts first."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.marks import Subject
from bot.cases.model import Verdict
from bot.cases.outcomes import settled
from bot.cases.tables import CaseRow, FeedbackRow, TryRow
from bot.cases.tallies import count_time, judge


async def rejudge(session: AsyncSession, case: CaseRow) -> None:
    """Bring the verdict on a case, and all counts of it, in line with the feedback that there is."""
    words = (await session.scalars(select(FeedbackRow).where(FeedbackRow.case_id == case.id))).all()
    own = [row for row in words if row.person == case.asker]
    last = max(own or words, key=lambda row: (row.at, row.person), default=None)
    await judge(session, case, last.verdict if last else None)
    fixed = [row.at for row in words if row.verdict == Verdict.FIXED.value]
    solved = case.verdict == Verdict.FIXED.value and fixed
    await count_time(session, case, Subject.FIXED_IN, min(fixed) - case.received_at if solved else None)


async def forget_feedback(session: AsyncSession, person: str) -> None:
    """Delete everything that a person said of any case."""
    cases = await session.scalars(
        select(CaseRow).where(CaseRow.id.in_(select(FeedbackRow.case_id).where(FeedbackRow.person == person)))
    )
    touched = cases.all()
    await session.execute(delete(FeedbackRow).where(FeedbackRow.person == person))
    async with settled(session, TryRow.person == person):
        await session.execute(delete(TryRow).where(TryRow.person == person))
    for case in touched:
        await rejudge(session, case)
