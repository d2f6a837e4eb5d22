"""What became of answers: one word a person and case, which may change."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from bot.cases.database import Database
from bot.cases.model import Verdict
from bot.cases.people import People
from bot.cases.tables import CaseRow, FeedbackRow, FindingRow


class Feedback:
    """Records feedback."""

    def __init__(self, database: Database, people: People, clock: Callable[[], float]) -> None:
        self._database = database
        self._people = people
        self._clock = clock

    async def record(self, case: str, platform: str, person: str, verdict: Verdict) -> bool:
        """Note what `person` says of `case`, in place of what they said before; False where there is no such case."""
        async with self._database.write() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.public_id == case, CaseRow.platform == platform))
            if row is None:
                return False
            first = await session.get(FindingRow, (row.id, 0))
            await session.merge(
                FeedbackRow(
                    case_id=row.id,
                    person=self._people.mark(platform, person),
                    verdict=verdict.value,
                    finding=first.finding if first else None,
                    at=self._clock(),
                )
            )
            return True

    async def call(self, case: str, platform: str) -> bool:
        """Note that a moderator is called to a case; False where one was before, or there is no such case."""
        async with self._database.write() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.public_id == case, CaseRow.platform == platform))
            if row is None or row.called_at is not None:
                return False
            row.called_at = self._clock()
            return True
