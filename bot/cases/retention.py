"""Evidence goes after a while; what is counted stays."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, delete, select, update
from sqlalchemy.sql import null

from bot.cases.database import Database
from bot.cases.tables import CaseRow, FileRow, MessageRow

_AT_ONCE = 200
"""Cases of one transaction: others write in between."""


class Retention:
    """Deletes report, picture, words and names of files of cases that have not changed for `days`."""

    def __init__(self, database: Database, clock: Callable[[], float], days: float) -> None:
        self._database = database
        self._clock = clock
        self._days = days

    async def expire(self) -> int:
        """Delete what is due; returns the number of cases."""
        before = self._clock() - self._days * 24 * 3600
        total = 0
        while True:
            async with self._database.write() as session:
                due = (await session.scalars(outdated(before, _AT_ONCE))).all()
                gone = update(CaseRow).where(CaseRow.id.in_(due))
                await session.execute(
                    gone.values(
                        report=null(),
                        notice=None,
                        plot=None,
                        page=null(),
                        redactions=null(),
                        handle=None,
                        evidence=False,
                    )
                )
                # the ids stay: the same event delivered once more must not open the case again
                words = update(MessageRow).where(MessageRow.case_id.in_(due))
                await session.execute(words.values(text="", redactions={}))
                await session.execute(delete(FileRow).where(FileRow.case_id.in_(due)))
            total += len(due)
            if len(due) < _AT_ONCE:
                break
        if total:
            await self._database.scrub()
        return total


def outdated(before: float, most: int) -> Select[int]:
    """Return the query for cases that hold evidence and have not changed since `before`."""
    query = select(CaseRow.id).where(CaseRow.evidence, CaseRow.changed_at < before, CaseRow.state == "answered")
    return query.order_by(CaseRow.changed_at).limit(most)
