"""The same files sent again: they lead to the case that they made before, and make no second one.

A platform gives an upload a new id each time, so that only the content tells, once it is fetched. Until then the new
submission is a case in the queue. It is compared with cases of the same person in the same server alone: nobody
learns from an answer what somebody else has sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.model import Claim, Outcome, Reply, Result, State
from bot.cases.tables import CaseRow, EventRow, FileRow, MessageRow, RepeatRow, ReplyRow
from knowledge.desk import Notices


class Repeats:
    """Recognises them. `open_for` is how long a case is led to, in seconds since it last changed."""

    def __init__(self, database: Database, clock: Callable[[], float], open_for: float, notices: Notices) -> None:
        self._database = database
        self._clock = clock
        self._open_for = open_for
        self._notices = notices

    async def recognise(self, claim: Claim, digests: Mapping[str, str]) -> Result | None:
        """Return what to say where the files of a case (id to SHA-256, all of them) made one before; None elsewhere.

        The digests are noted in the same transaction: of two equal cases that are fetched at once one sees the other.
        """
        async with self._database.write() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.id == claim.row, CaseRow.fence == claim.fence))
            if row is None:
                return None
            for file, digest in digests.items():
                await session.execute(
                    update(FileRow).where(FileRow.case_id == row.id, FileRow.file == file).values(sha256=digest)
                )
            if row.diagnosed_revision and row.outcome != Outcome.REPEATED.value:
                return None
            first = await _first(session, row, self._clock() - self._open_for)
            if first is None:
                return None
            said = await _says_more(session, row, first)
            notice = self._notices.repeated_and_said if said else self._notices.repeated
            return Result(Outcome.REPEATED, notice=notice.format(case=first.public_id))

    async def addressed(self, reply: Reply) -> Reply:
        """Return a reply under the id of the case that it leads to: its own is about to go."""
        if reply.outcome is not Outcome.REPEATED:
            return reply
        async with self._database.read() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.public_id == reply.case.id))
            first = await _first(session, row) if row is not None else None
        return reply if first is None else replace(reply, case=replace(reply.case, id=first.public_id))


async def absorbed(session: AsyncSession, row: CaseRow, reply: ReplyRow, now: float) -> bool:
    """Make a repeated case, which is answered, part of the earlier one; False where it is to stay a case.

    What was said anew is part of the earlier case from now on, which is diagnosed again. Where that case is gone by
    now, or this one has changed meanwhile, this one is diagnosed by itself.
    """
    if row.outcome != Outcome.REPEATED.value or row.revision != row.diagnosed_revision:
        return False
    first = await _first(session, row)
    if first is None:
        row.revision += 1
        return False
    if await _says_more(session, row, first):
        first.revision += 1
        first.changed_at = now
        first.attempts, first.retry_at = 0, 0.0
        if first.state == State.ANSWERED.value:
            first.state, first.queued_at = State.RECEIVED.value, now
    first.asked = first.asked or row.asked
    for table in (MessageRow, EventRow, FileRow):
        await session.execute(update(table).where(table.case_id == row.id).values(case_id=first.id))
    session.add(
        RepeatRow(
            case_id=first.id,
            channel=reply.channel or row.channel,
            thread=reply.thread or row.thread,
            origin=row.message,
            message=reply.message,
            nonce=reply.nonce,
        )
    )
    await session.execute(delete(CaseRow).where(CaseRow.id == row.id))
    return True


def newest(files: Iterable[FileRow]) -> list[FileRow]:
    """Return the files of a case, each content once: the copy sent last is the likeliest that can still be had."""
    listed = list(files)
    last = {file.sha256: file.id for file in listed if file.sha256}
    return [file for file in listed if not file.sha256 or last[file.sha256] == file.id]


async def _first(session: AsyncSession, row: CaseRow, since: float = 0.0) -> CaseRow | None:
    """Return a case of the same person in the same server that holds all files of `row`, changed after `since`."""
    digests = set(await session.scalars(select(FileRow.sha256).where(FileRow.case_id == row.id)))
    if not digests or None in digests:
        return None
    # one that is not diagnosed yet must be older: of two such, each would lead to the other
    answering = or_(CaseRow.outcome == Outcome.DIAGNOSED.value, and_(CaseRow.outcome.is_(None), CaseRow.id < row.id))
    found: CaseRow | None = await session.scalar(
        select(CaseRow)
        .join(FileRow, FileRow.case_id == CaseRow.id)
        .where(
            CaseRow.platform == row.platform,
            CaseRow.server == row.server,
            CaseRow.asker == row.asker,
            CaseRow.id != row.id,
            CaseRow.changed_at > since,
            answering,
            FileRow.sha256.in_(digests),
        )
        .group_by(CaseRow.id)
        .having(func.count(FileRow.sha256.distinct()) == len(digests))
        .order_by(CaseRow.id.desc())
        .limit(1)
    )
    return found


async def _says_more(session: AsyncSession, row: CaseRow, first: CaseRow) -> bool:
    """Tell whether a message of `row` holds words that no message of `first` is."""
    said = await session.execute(
        select(MessageRow.case_id, MessageRow.text).where(MessageRow.case_id.in_((row.id, first.id)))
    )
    texts: dict[int, set[str]] = {row.id: set(), first.id: set()}
    for case, text in said.all():
        texts[case].add(" ".join(text.split()))
    return bool(texts[row.id] - texts[first.id] - {""})
