"""What a reply says beside its report: how often this happened, what helped others, the person's last case."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.marks import Subject, day_of, month_of
from bot.cases.model import Earlier, Outcome, Standing
from bot.cases.questions import fixes_tried
from bot.cases.recurrence import of_subject
from bot.cases.spans import Span
from bot.cases.tables import CaseRow, MarkRow
from diagnostics.ranking import Tried


async def standing(session: AsyncSession, row: CaseRow) -> Standing | None:
    """Return how the first finding of a case stands; None where it has none."""
    findings = (row.report or {}).get("findings")
    if not findings:
        return None
    finding = findings[0]["id"]
    today = day_of(row.received_at)
    span = Span(month_of(today), today + 1, row.platform, row.server)
    cases, people = await of_subject(session, span, Subject.FINDING, finding)
    tried = {each.fix: Tried(each.tried, each.helped) for each in await session.scalars(fixes_tried(finding))}
    return Standing(cases, people, tried)


async def earlier(session: AsyncSession, row: CaseRow) -> Earlier | None:
    """Return the last case of the same person on the same trainer in the same server, if its report is still there.

    Of the same server alone: what somebody asked elsewhere is nobody's business here.
    """
    trainer = ((row.report or {}).get("trainer") or {}).get("id")
    if trainer is None:
        return None
    found: CaseRow | None = await session.scalar(last_before(row, trainer))
    return None if found is None or not found.report else Earlier(found.public_id, found.received_at, found.report)


def last_before(row: CaseRow, trainer: str) -> Select[CaseRow]:
    """Return the query for the case before `row`."""
    return (
        select(CaseRow)
        .join(MarkRow, MarkRow.case_id == CaseRow.id)
        .where(
            CaseRow.asker == row.asker,
            CaseRow.received_at < row.received_at,
            CaseRow.platform == row.platform,
            CaseRow.server == row.server,
            CaseRow.outcome == Outcome.DIAGNOSED.value,
            CaseRow.evidence,
            MarkRow.kind == Subject.TRAINER,
            MarkRow.subject == trainer,
        )
        .order_by(CaseRow.received_at.desc())
        .limit(1)
    )
