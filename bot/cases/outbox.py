"""Results and replies: a reply is on disk with its nonce before it is sent, so that it is sent once."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.marks import Mark, Subject, marks_of
from bot.cases.model import CaseRef, Claim, Outcome, Place, Reply, Result, Slot, State
from bot.cases.queue import ref_of
from bot.cases.repeats import absorbed
from bot.cases.seal import Seal
from bot.cases.standing import earlier, standing
from bot.cases.tables import CaseRow, FileRow, FindingRow, ReplyRow
from bot.cases.tallies import count, count_time

_NONCE = 8
"""Random bytes: the nonce of a chat message may have 25 characters."""


class Outbox:
    """Keeps what was found, and what was said. Every write needs the newest fence of the case."""

    def __init__(self, database: Database, clock: Callable[[], float], seal: Seal) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal

    async def begin(self, case: CaseRef) -> Slot | None:
        """Return where to say how a case is getting on; None where it is answered already, or gone."""
        async with self._database.write(about=case.id) as session:
            row = await _case(session, case)
            if row is None or row.state == State.ANSWERED.value or row.diagnosed_revision == row.revision:
                return None
            return await _slot(session, row)

    async def noted(self, case: CaseRef, message: str, place: Place) -> bool:
        """Note where the reply of a case stands; False where it should go: the case is gone, or has another reply."""
        async with self._database.write(about=case.id) as session:
            row = await _case(session, case)
            return row is not None and await _note(session, row, message, place) is not None

    async def keep(self, claim: Claim, result: Result) -> Reply | None:
        """Store a result and return the reply to send; None where nothing is to be said or the case is not ours."""
        async with self._database.write() as session:
            row = await _held(session, claim)
            if row is None:
                return None
            if result.outcome is Outcome.SILENT:
                if row.revision == claim.revision:
                    await session.execute(delete(CaseRow).where(CaseRow.id == row.id))
                else:
                    row.state, row.queued_at = State.RECEIVED.value, self._clock()
                return None
            row.diagnosed_revision = claim.revision
            row.outcome, row.report, row.notice = result.outcome.value, result.report, result.notice
            row.redactions, row.plot, row.page = dict(result.redactions), result.plot, result.page
            await session.execute(delete(FindingRow).where(FindingRow.case_id == row.id))
            session.add_all(
                FindingRow(
                    case_id=row.id,
                    position=position,
                    finding=found.id,
                    severity=found.severity,
                    confidence=found.confidence,
                )
                for position, found in enumerate(result.findings)
            )
            here = Mark(Subject.SERVER, f"{row.platform}/{row.server}")
            await count(session, row, () if result.outcome is Outcome.REPEATED else marks_of(result.report) | {here})
            for seen in result.files:
                await session.execute(
                    update(FileRow)
                    .where(FileRow.case_id == row.id, FileRow.file == seen.id)
                    .values(sha256=seen.sha256, kind=seen.kind)
                )
            return await self._said(session, row)

    async def resume(self, claim: Claim) -> Reply | None:
        """Return the reply of a case that was diagnosed before a crash."""
        async with self._database.read() as session:
            row = await _held(session, claim)
            return None if row is None else await self._said(session, row)

    async def slot(self, claim: Claim) -> Slot | None:
        """Return where to say the answer; None where the case is not ours any more."""
        async with self._database.write(about=claim.case.id) as session:
            row = await _held(session, claim)
            return None if row is None else await _slot(session, row)

    async def sent(self, claim: Claim, message: str, place: Place) -> bool:
        """Note that the reply stands at `place`; False where it should go: the case is gone, or has another reply.

        The reply that is noted first is the one that stays. Whoever held the case before, and went on late, learns so
        here.
        """
        async with self._database.write() as session:
            row = await session.get(CaseRow, claim.row)
            reply = None if row is None else await _note(session, row, message, place)
            if row is None or reply is None:
                return False
            if row.fence != claim.fence or await absorbed(session, row, reply, self._clock()):
                return True
            reply.shown_revision = claim.revision
            await self._finish(session, row, claim)
            return True

    async def close(self, claim: Claim) -> None:
        """Give a case up that cannot be answered any more: its place is gone."""
        async with self._database.write() as session:
            row = await _held(session, claim)
            if row is None:
                return
            reply = await session.get(ReplyRow, row.id)
            if reply is None or not await absorbed(session, row, reply, self._clock()):
                await self._finish(session, row, claim)

    async def _said(self, session: AsyncSession, row: CaseRow) -> Reply:
        return Reply(
            case=ref_of(row, self._seal),
            revision=row.diagnosed_revision,
            outcome=Outcome(row.outcome or Outcome.CRASHED),
            report=row.report,
            notice=row.notice,
            redactions=dict(row.redactions or {}),
            plot=row.plot,
            standing=await standing(session, row),
            earlier=await earlier(session, row),
        )

    async def _finish(self, session: AsyncSession, row: CaseRow, claim: Claim) -> None:
        now = self._clock()
        if row.first_answered_at is None:
            row.first_answered_at = now
            await count_time(session, row, Subject.ANSWERED_IN, now - row.received_at)
        row.lease_until, row.owner, row.attempts, row.retry_at = 0.0, None, 0, 0.0
        if row.revision == claim.revision:
            row.state, row.answered_at = State.ANSWERED.value, now
        else:
            row.state, row.queued_at = State.RECEIVED.value, now


async def _held(session: AsyncSession, claim: Claim) -> CaseRow | None:
    found: CaseRow | None = await session.scalar(
        select(CaseRow).where(CaseRow.id == claim.row, CaseRow.fence == claim.fence)
    )
    return found


async def _case(session: AsyncSession, case: CaseRef) -> CaseRow | None:
    found: CaseRow | None = await session.scalar(select(CaseRow).where(CaseRow.public_id == case.id))
    return found


async def _slot(session: AsyncSession, row: CaseRow) -> Slot:
    reply = await session.get(ReplyRow, row.id)
    tried = reply is not None and reply.tried
    if reply is None:
        reply = ReplyRow(case_id=row.id, nonce=f"lt{secrets.token_hex(_NONCE)}", message="", channel="", thread="")
        session.add(reply)
    # from here on a crash may come after the sending: whoever goes on looks first
    reply.tried = True
    place = Place(row.platform, row.server, reply.channel or row.channel, reply.thread or row.thread)
    return Slot(reply.nonce, reply.message, tried, place)


async def _note(session: AsyncSession, row: CaseRow, message: str, place: Place) -> ReplyRow | None:
    reply = await session.get(ReplyRow, row.id)
    if reply is None or reply.message not in ("", message):
        return None
    reply.message, reply.channel, reply.thread = message, place.channel, place.thread
    # what is said in the thread that was opened for the answer belongs to the case
    row.thread = place.thread or row.thread
    return reply
