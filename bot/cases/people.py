"""Who asked: keyed hashes instead of names, deletion, and everything of a person forgotten."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.model import CaseRef, Place, Removal
from bot.cases.outcomes import settled
from bot.cases.tables import CaseRow, RemovalRow, RepeatRow, ReplyRow, TryRow
from bot.cases.tallies import uncount
from bot.cases.verdicts import forget_feedback

_LENGTH = 32
MOST_REMOVALS = 14
"""Times that taking a reply down is tried, with pauses that grow to an hour: some eight hours."""


class People:
    """Knows people by a hash that only the holder of the key can compute."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def mark(self, platform: str, person: str) -> str:
        """Return the hash that stands for a person."""
        return hmac.new(self._key, f"person\0{platform}\0{person}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]

    async def forget(self, platform: str, person: str) -> int:
        """Delete all cases and all feedback of a person, and have the replies taken down. Returns the cases."""
        mark = self.mark(platform, person)
        async with self._database.write() as session:
            await forget_feedback(session, mark)
            count = await delete_cases(
                session, (await session.scalars(select(CaseRow).where(CaseRow.asker == mark))).all()
            )
        await self._database.scrub()
        return count

    async def delete(self, case: str, platform: str, person: str, moderator: bool = False) -> bool:
        """Delete one case for its asker or a moderator; False where there is none or it is somebody else's."""
        async with self._database.write() as session:
            query = select(CaseRow).where(CaseRow.public_id == case, CaseRow.platform == platform)
            if not moderator:
                query = query.where(CaseRow.asker == self.mark(platform, person))
            found = await delete_cases(session, (await session.scalars(query)).all()) > 0
        await self._database.scrub()
        return found

    async def removals(self) -> tuple[Removal, ...]:
        """Return the replies that are still to be taken down."""
        async with self._database.read() as session:
            rows = (await session.scalars(select(RemovalRow).order_by(RemovalRow.id))).all()
        return tuple(_removal(row) for row in rows)

    async def removed(self, removal: Removal, done: bool) -> None:
        """Note that a reply is gone, or that taking it down failed once more; in the end it is given up."""
        async with self._database.write() as session:
            row = await session.get(RemovalRow, removal.row)
            if row is None:
                return
            row.attempts += 1
            if done or row.attempts >= MOST_REMOVALS:
                await session.delete(row)


async def delete_cases(session: AsyncSession, cases: Sequence[CaseRow]) -> int:
    """Delete cases and note the replies that are to be taken down; returns the number of cases."""
    for case in cases:
        reply = await session.get(ReplyRow, case.id)
        if reply is not None and (reply.message or reply.tried):
            session.add(
                RemovalRow(
                    platform=case.platform,
                    server=case.server,
                    channel=reply.channel or case.channel,
                    thread=reply.thread or case.thread,
                    origin=case.message,
                    message=reply.message,
                    nonce=reply.nonce,
                )
            )
        repeats = await session.scalars(select(RepeatRow).where(RepeatRow.case_id == case.id))
        session.add_all(
            RemovalRow(
                platform=case.platform,
                server=case.server,
                channel=repeat.channel,
                thread=repeat.thread,
                origin=repeat.origin,
                message=repeat.message,
                nonce=repeat.nonce,
            )
            for repeat in repeats
        )
        await uncount(session, case)
        async with settled(session, TryRow.case_id == case.id):
            await session.execute(delete(TryRow).where(TryRow.case_id == case.id))
        await session.execute(delete(CaseRow).where(CaseRow.id == case.id))
    return len(cases)


def _removal(row: RemovalRow) -> Removal:
    place = Place(row.platform, row.server, row.channel, row.thread)
    return Removal(row.id, CaseRef("", place, row.origin), place, row.message, row.nonce, row.attempts)
