"""What became of answers: one word a person and case, and which fixes it was about; both may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.model import Verdict
from bot.cases.outcomes import settled
from bot.cases.people import People
from bot.cases.tables import CaseRow, FeedbackRow, FindingRow, TryRow
from bot.cases.verdicts import rejudge
from diagnostics.ranking import fix_key


class Feedback:
    """Records feedback."""

    def __init__(self, database: Database, people: People, clock: Callable[[], float]) -> None:
        self._database = database
        self._people = people
        self._clock = clock

    async def record(self, case: str, platform: str, person: str, verdict: Verdict) -> bool:
        """Note what `person` says of `case`, in place of what they said before; False where there is no such case."""
        mark = self._people.mark(platform, person)
        async with self._database.write() as session:
            row = await _case(session, case, platform)
            if row is None:
                return False
            first = await session.get(FindingRow, (row.id, 0))
            before = await session.get(FeedbackRow, (row.id, mark))
            if before is not None and before.verdict == verdict.value:
                return True
            finding = first.finding if first else None
            await session.merge(
                FeedbackRow(case_id=row.id, person=mark, verdict=verdict.value, finding=finding, at=self._clock())
            )
            # what helped did not, then; what did not help before another fix did stays true
            kept = (False,) if verdict is Verdict.FIXED else ()
            gone = (TryRow.case_id == row.id) & (TryRow.person == mark) & TryRow.helped.not_in(kept)
            async with settled(session, gone):
                await session.execute(delete(TryRow).where(gone))
            await rejudge(session, row)
            return True

    async def tried(self, case: str, platform: str, person: str, fixes: Sequence[str]) -> bool:
        """Note which fixes (by `fix_key`) the verdict of a person is about; only those of the first finding count.

        False where there is no such case, no verdict of that person, or none of the fixes is in the answer.
        """
        mark = self._people.mark(platform, person)
        async with self._database.write() as session:
            row = await _case(session, case, platform)
            said = None if row is None else await session.get(FeedbackRow, (row.id, mark))
            if (
                row is None
                or said is None
                or said.verdict == Verdict.WRONG.value
                or not (row.report or {}).get("findings")
            ):
                return False
            first = (row.report or {})["findings"][0]
            offered = {fix_key(each["solution"]) for each in first["fixes"]}
            helped = said.verdict == Verdict.FIXED.value
            rows = [
                TryRow(case_id=row.id, person=mark, finding=first["id"], fix=fix, helped=helped, at=self._clock())
                for fix in dict.fromkeys(fixes)
                if fix in offered
            ]
            if not rows:
                return False
            chosen = [each.fix for each in rows]
            gone = (TryRow.case_id == row.id) & (TryRow.person == mark)
            gone &= (TryRow.helped == helped) | TryRow.fix.in_(chosen)
            async with settled(session, gone, rows):
                await session.execute(delete(TryRow).where(gone))
                session.add_all(rows)
            return True

    async def call(self, case: str, platform: str) -> bool:
        """Note that a moderator is called to a case; False where one was before, or there is no such case."""
        async with self._database.write() as session:
            row = await _case(session, case, platform)
            if row is None or row.called_at is not None:
                return False
            row.called_at = self._clock()
            return True


async def _case(session: AsyncSession, case: str, platform: str) -> CaseRow | None:
    found: CaseRow | None = await session.scalar(
        select(CaseRow).where(CaseRow.public_id == case, CaseRow.platform == platform)
    )
    return found
