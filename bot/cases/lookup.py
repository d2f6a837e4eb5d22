"""Looking at cases: one by its id, and counts over many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.model import CaseRef, Standing, State, Verdict
from bot.cases.people import People
from bot.cases.queue import ref_of
from bot.cases.repeats import newest
from bot.cases.standing import standing
from bot.cases.tables import CaseRow, FeedbackRow, FileRow, FindingRow


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment of a case, as far as it is kept."""

    name: str
    size: int
    kind: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as it is kept."""

    ref: CaseRef
    state: State
    outcome: str | None
    report: dict[str, Any] | None
    notice: str | None
    redactions: dict[str, int]
    received_at: float
    answered_at: float | None
    files: tuple[FileView, ...]
    feedback: dict[Verdict, int]
    mine: bool
    """Whether the one who looks is the one who asked."""
    standing: Standing | None = None
    evidence: bool = True
    """Whether what was said and found is still kept."""
    page: dict[str, Any] | None = None
    plot: bytes | None = field(default=None, repr=False)
    called_at: float | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over the cases of a time."""

    cases: int
    by_state: dict[str, int]
    by_outcome: dict[str, int]
    first_findings: dict[str, int]
    """How many cases had it as the likeliest cause, the most frequent first."""
    feedback: dict[str, dict[str, int]]
    """Finding to verdict to count."""


class Lookup:
    """Reads cases."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    async def case(self, case: str, platform: str = "", person: str = "") -> CaseView | None:
        """Return a case by the id that its reply shows."""
        async with self._database.read() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.public_id == case.strip().upper()))
            if row is None:
                return None
            return await self._view(session, row, platform, person)

    async def cases_of(self, platform: str, person: str, most: int) -> tuple[CaseView, ...]:
        """Return the cases of a person, the newest first."""
        mine = CaseRow.asker == self._people.mark(platform, person)
        query = select(CaseRow).where(mine).order_by(CaseRow.id.desc()).limit(most)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
            return tuple([await self._view(session, row, platform, person) for row in rows])

    async def _view(self, session: AsyncSession, row: CaseRow, platform: str, person: str) -> CaseView:
        files = (await session.scalars(select(FileRow).where(FileRow.case_id == row.id).order_by(FileRow.id))).all()
        said = await session.scalars(select(FeedbackRow.verdict).where(FeedbackRow.case_id == row.id))
        return CaseView(
            ref=ref_of(row),
            state=State(row.state),
            outcome=row.outcome,
            report=row.report,
            notice=row.notice,
            redactions=dict(row.redactions or {}),
            received_at=row.received_at,
            answered_at=row.answered_at,
            files=tuple(FileView(file.name, file.size, file.kind, file.sha256) for file in newest(files)),
            feedback=dict(Counter(Verdict(each) for each in said)),
            mine=bool(person) and row.asker == self._people.mark(platform, person),
            standing=await standing(session, row),
            evidence=row.evidence,
            page=row.page,
            plot=row.plot,
            called_at=row.called_at,
        )

    async def statistics(self, since: float = 0, platform: str = "", server: str | None = None) -> Statistics:
        """Count the cases received from `since` (UNIX seconds) on, of all servers or of one."""
        within = [CaseRow.received_at >= since]
        if server is not None:
            within += [CaseRow.platform == platform, CaseRow.server == server]
        async with self._database.read() as session:
            states = await session.execute(select(CaseRow.state, func.count()).where(*within).group_by(CaseRow.state))
            outcomes = await session.execute(
                select(CaseRow.outcome, func.count())
                .where(*within, CaseRow.outcome.is_not(None))
                .group_by(CaseRow.outcome)
            )
            firsts = await session.execute(
                select(FindingRow.finding, func.count())
                .join(CaseRow, CaseRow.id == FindingRow.case_id)
                .where(*within, FindingRow.position == 0)
                .group_by(FindingRow.finding)
                .order_by(func.count().desc(), FindingRow.finding)
            )
            said = await session.execute(
                select(FeedbackRow.finding, FeedbackRow.verdict, func.count())
                .join(CaseRow, CaseRow.id == FeedbackRow.case_id)
                .where(*within)
                .group_by(FeedbackRow.finding, FeedbackRow.verdict)
            )
            by_state = {str(state): count for state, count in states.all()}
            feedback: dict[str, dict[str, int]] = {}
            for finding, verdict, count in said.all():
                feedback.setdefault(finding or "", {})[verdict] = count
            return Statistics(
                cases=sum(by_state.values()),
                by_state=by_state,
                by_outcome={str(outcome): count for outcome, count in outcomes.all()},
                first_findings={str(finding): count for finding, count in firsts.all()},
                feedback=feedback,
            )
