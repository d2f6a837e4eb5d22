"""Submissions to cases: each message, event and file once, and what belongs together in one case."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.marks import day_of
from bot.cases.model import FileRef, Receipt, State, Status, Submission
from bot.cases.people import People, delete_cases
from bot.cases.plain import plain
from bot.cases.seal import Seal
from bot.cases.tables import CaseRow, EventRow, FileRow, MessageRow, RepeatRow, ReplyRow
from bot.redact import Redactor
from knowledge.desk import Relevant

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters that are taken for digits."""
_ID_LENGTH = 6
TEXT_LIMIT = 100_000
"""Characters of a message that are kept: far above what any chat allows."""
_FILES_LIMIT = 100
_AT_ONCE = 4
_TRIES = 3
_MOST_WAITING = 20
"""Cases of one person that may wait at the same time."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides whether a submission becomes a case. Times in seconds."""

    relevant: Relevant
    cooldown: float
    """Between the beginnings of two cases of one person; what is uploaded meanwhile in the same place is one case."""
    open_for: float


class _Clean(NamedTuple):
    submission: Submission
    redactions: dict[str, int]


class Intake:
    """Takes submissions in. When `receive` returns, the case is on disk."""

    def __init__(
        self,
        database: Database,
        people: People,
        redactor: Redactor,
        rules: Rules,
        clock: Callable[[], float],
        seal: Seal,
    ) -> None:
        self._database = database
        self._seal = seal
        self._people = people
        self._redactor = redactor
        self._rules = rules
        self._clock = clock
        # redacting a crowd of messages in one go would hold the event loop up
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._coming = 0
        self._calm = asyncio.Event()
        self._calm.set()

    async def receive(self, submission: Submission, watched: bool = True) -> Receipt:
        """Open a case, add to the open one, or say why not. Only `watched` places are looked at without a call."""
        for _ in range(_TRIES):
            # an id that is given already, or another process that took the same event in
            with suppress(IntegrityError):
                return await self._receive(submission, watched)
        return await self._receive(submission, watched)

    async def edit(self, submission: Submission, watched: bool = True) -> Receipt:
        """Take over a message as it stands after an edit; a message that is no part of a case is received anew."""
        async with self._taking_in(), self._database.write(urgent=True) as session:
            clean, redactions = self._cleaned(submission)
            row = await session.scalar(
                select(MessageRow).where(
                    MessageRow.platform == clean.place.platform, MessageRow.message == clean.message
                )
            )
            if row is not None:
                owner = await session.get_one(CaseRow, row.case_id)
                fresh, _ = await _new_files(session, clean)
                removed = await _removed_files(session, clean)
                if row.text == clean.text and not fresh and not removed:
                    return Receipt(Status.UNCHANGED, owner.public_id)
                row.text, row.redactions = clean.text, redactions
                await session.execute(delete(FileRow).where(FileRow.id.in_(removed)))
                self._add_files(session, owner, clean, fresh)
                self._requeue(owner)
                return Receipt(Status.ADDED, owner.public_id)
        return await self.receive(submission, watched)

    async def withdraw(self, platform: str, messages: Sequence[str]) -> int:
        """Forget messages that were deleted: their cases are diagnosed anew without them, or go where nothing is left.

        Returns the number of cases.
        """
        async with self._database.write(urgent=True) as session:
            query = select(MessageRow).where(MessageRow.platform == platform, MessageRow.message.in_(messages))
            gone = (await session.scalars(query)).all()
            for touched in {row.case_id for row in gone}:
                owner = await session.get_one(CaseRow, touched)
                for row in gone:
                    if row.case_id == touched:
                        await session.delete(row)
                        of_it = and_(FileRow.case_id == touched, FileRow.message == row.message)
                        await session.execute(delete(FileRow).where(of_it))
                await session.flush()
                if await session.scalar(select(MessageRow.id).where(MessageRow.case_id == touched).limit(1)) is None:
                    await delete_cases(session, [owner])
                else:
                    self._requeue(owner)
        if gone:
            await self._database.scrub()
        return len({row.case_id for row in gone})

    async def calm(self) -> None:
        """Wait until nobody waits to be taken in: platforms take it ill when that is late, and bear a late answer."""
        await self._calm.wait()

    async def expire(self) -> None:
        """Wipe the handles of cases to which nothing can be added any more."""
        old = CaseRow.changed_at <= self._clock() - self._rules.open_for
        async with self._database.write() as session:
            held = select(CaseRow.id).where(old)
            files = update(FileRow).where(FileRow.handle.is_not(None), FileRow.case_id.in_(held))
            await session.execute(files.values(handle=None))
            await session.execute(update(CaseRow).where(CaseRow.handle.is_not(None), old).values(handle=None))

    async def _receive(self, submission: Submission, watched: bool) -> Receipt:
        asker = self._people.mark(submission.place.platform, submission.person)
        async with self._taking_in(), self._database.write(urgent=True) as session:
            clean, redactions = self._cleaned(submission)
            fresh, owner = await _new_files(session, clean)
            if known := await _seen(session, clean, owner):
                return Receipt(Status.KNOWN, known)
            telling = submission.asked or self._is_relevant(submission)
            if row := await self._open_case(session, clean, asker, watched, telling):
                return self._add(session, row, clean, redactions, fresh)
            if not (submission.asked or (watched and telling)):
                return Receipt(Status.IGNORED)
            waiting, wait = await self._cooldown(session, asker)
            if waiting >= _MOST_WAITING:
                return Receipt(Status.COOLING, wait=max(wait, 1.0))
            return await self._open(session, clean, redactions, asker, wait, fresh)

    @asynccontextmanager
    async def _taking_in(self) -> AsyncIterator[None]:
        self._coming += 1
        self._calm.clear()
        try:
            async with self._gate:
                yield
        finally:
            self._coming -= 1
            if not self._coming:
                self._calm.set()

    def _cleaned(self, submission: Submission) -> _Clean:
        text = self._redactor.redact(plain(submission.text[:TEXT_LIMIT]))
        counts, files = Counter(text.counts), []
        for file in submission.files[:_FILES_LIMIT]:
            name = self._redactor.redact_name(plain(file.name))
            counts.update(name.counts)
            files.append(replace(file, name=name.text))
        return _Clean(replace(submission, text=text.text, files=tuple(files)), dict(counts))

    def _is_relevant(self, submission: Submission) -> bool:
        relevant = self._rules.relevant
        return any(relevant.file(file.name) for file in submission.files) or relevant.text(submission.text)

    async def _open_case(
        self, session: AsyncSession, new: Submission, asker: str, watched: bool, telling: bool
    ) -> CaseRow | None:
        place = new.place
        belongs: list[ColumnElement[bool]] = []
        if telling and watched and not new.asked:
            here = and_(CaseRow.server == place.server, CaseRow.channel == place.channel)
            belongs.append(and_(here, CaseRow.received_at > self._clock() - self._rules.cooldown))
        if place.thread:
            # below the message that opened the case every word is about it; in other threads people talk of much else
            own = CaseRow.thread == CaseRow.message
            belongs.append(and_(CaseRow.thread == place.thread, true() if telling else own))
        if new.reply_to:
            mine = select(MessageRow.case_id).where(
                MessageRow.platform == new.place.platform, MessageRow.message == new.reply_to
            )
            ours = select(ReplyRow.case_id).where(ReplyRow.message == new.reply_to)
            again = select(RepeatRow.case_id).where(RepeatRow.message == new.reply_to)
            belongs += [CaseRow.id.in_(each) for each in (mine, ours, again)]
        if not belongs:
            return None
        found: CaseRow | None = await session.scalar(
            select(CaseRow)
            .where(
                CaseRow.platform == new.place.platform,
                CaseRow.asker == asker,
                CaseRow.changed_at > self._clock() - self._rules.open_for,
                or_(*belongs),
            )
            .order_by(CaseRow.id.desc())
            .limit(1)
        )
        return found

    async def _cooldown(self, session: AsyncSession, asker: str) -> tuple[int, float]:
        """Return how many cases of a person wait, and the seconds until the next one may begin."""
        begun = case((CaseRow.retry_at > CaseRow.received_at, CaseRow.retry_at), else_=CaseRow.received_at)
        waits = func.sum(case((CaseRow.state == State.RECEIVED.value, 1), else_=0))
        asked = select(func.max(begun), waits).where(CaseRow.asker == asker)
        last, waiting = (await session.execute(asked)).one()
        return waiting or 0, 0.0 if last is None else max(0.0, last + self._rules.cooldown - self._clock())

    def _add(
        self,
        session: AsyncSession,
        case: CaseRow,
        new: Submission,
        redactions: dict[str, int],
        fresh: Sequence[FileRef],
    ) -> Receipt:
        _add_message(session, case, new, redactions)
        self._add_files(session, case, new, fresh)
        self._requeue(case)
        case.asked = case.asked or new.asked
        return Receipt(Status.ADDED, case.public_id)

    async def _open(
        self,
        session: AsyncSession,
        new: Submission,
        redactions: dict[str, int],
        asker: str,
        wait: float,
        fresh: Sequence[FileRef],
    ) -> Receipt:
        now = self._clock()
        opened = CaseRow(
            public_id="".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH)),
            platform=new.place.platform,
            server=new.place.server,
            channel=new.place.channel,
            thread=new.place.thread,
            message=new.message,
            asker=asker,
            asked=new.asked,
            state=State.RECEIVED.value,
            received_at=now,
            day=day_of(now),
            changed_at=now,
            queued_at=now,
            retry_at=now + wait if wait else 0.0,
            handle=self._seal.close(new.handle),
        )
        session.add(opened)
        await session.flush()
        _add_message(session, opened, new, redactions)
        self._add_files(session, opened, new, fresh)
        return Receipt(Status.OPENED, opened.public_id, wait=wait)

    def _add_files(self, session: AsyncSession, case: CaseRow, new: Submission, files: Sequence[FileRef]) -> None:
        session.add_all(
            FileRow(
                case_id=case.id,
                platform=new.place.platform,
                file=file.id,
                message=file.message,
                name=file.name,
                size=file.size,
                handle=self._seal.close(file.handle),
            )
            for file in files
        )

    def _requeue(self, case: CaseRow) -> None:
        now = self._clock()
        case.revision += 1
        case.changed_at = now
        if case.attempts:
            case.attempts, case.retry_at = 0, 0.0
        if case.state == State.ANSWERED.value:
            case.state, case.queued_at = State.RECEIVED.value, now


async def _seen(session: AsyncSession, new: Submission, owner: int | None) -> str | None:
    """Return the case that holds a submission already; `owner` is that of its files, where all are known."""
    platform = new.place.platform
    event = select(EventRow.case_id).where(EventRow.platform == platform, EventRow.event == new.event)
    message = select(MessageRow.case_id).where(MessageRow.platform == platform, MessageRow.message == new.message)
    of_it = func.coalesce(event.scalar_subquery(), message.scalar_subquery(), owner)
    found: str | None = await session.scalar(select(CaseRow.public_id).where(CaseRow.id == of_it))
    return found


async def _new_files(session: AsyncSession, new: Submission) -> tuple[tuple[FileRef, ...], int | None]:
    """Return the files that no case has; where there are none, the case that has them."""
    if not new.files:
        return (), None
    asked = select(FileRow.file, FileRow.case_id).where(
        FileRow.platform == new.place.platform, FileRow.file.in_([file.id for file in new.files])
    )
    known = {row.file: row.case_id for row in await session.execute(asked)}
    fresh = tuple({file.id: file for file in new.files if file.id not in known}.values())
    return fresh, None if fresh else next(iter(known.values()))


async def _removed_files(session: AsyncSession, new: Submission) -> Sequence[int]:
    kept = [file.id for file in new.files]
    query = select(FileRow.id).where(
        FileRow.platform == new.place.platform, FileRow.message == new.message, FileRow.file.not_in(kept)
    )
    return (await session.scalars(query)).all()


def _add_message(session: AsyncSession, case: CaseRow, new: Submission, redactions: dict[str, int]) -> None:
    platform = new.place.platform
    session.add(
        MessageRow(case_id=case.id, platform=platform, message=new.message, text=new.text, redactions=redactions)
    )
    session.add(EventRow(case_id=case.id, platform=platform, event=new.event))
