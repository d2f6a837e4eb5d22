"""Submissions to cases: each message, event and file once, and what belongs together in one case."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.database import Database
from bot.cases.model import FileRef, Receipt, State, Status, Submission
from bot.cases.people import People
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


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides whether a submission becomes a case. Times in seconds."""

    relevant: Relevant
    cooldown: float
    open_for: float


class _Clean(NamedTuple):
    submission: Submission
    redactions: dict[str, int]


class Intake:
    """Takes submissions in. When `receive` returns, the case is on disk."""

    def __init__(
        self, database: Database, people: People, redactor: Redactor, rules: Rules, clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._people = people
        self._redactor = redactor
        self._rules = rules
        self._clock = clock
        # redacting a crowd of messages in one go would hold the event loop up
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def receive(self, submission: Submission, watched: bool = True) -> Receipt:
        """Open a case, add to the open one, or say why not. Only `watched` places are looked at without a call."""
        asker = self._people.mark(submission.place.platform, submission.person)
        async with self._gate, self._database.write() as session:
            clean, redactions = self._cleaned(submission)
            if known := await _seen(session, clean):
                return Receipt(Status.KNOWN, known)
            if case := await self._open_case(session, clean, asker):
                return await self._add(session, case, clean, redactions)
            if not submission.asked and not (watched and self._is_relevant(submission)):
                return Receipt(Status.IGNORED)
            if wait := await self._cooldown(session, asker):
                return Receipt(Status.COOLING, wait=wait)
            return await self._open(session, clean, redactions, asker)

    async def edit(self, submission: Submission, watched: bool = True) -> Receipt:
        """Take over a message as it stands after an edit; a message that is no part of a case is received anew."""
        async with self._gate, self._database.write() as session:
            clean, redactions = self._cleaned(submission)
            row = await session.scalar(
                select(MessageRow).where(
                    MessageRow.platform == clean.place.platform, MessageRow.message == clean.message
                )
            )
            if row is not None:
                case = await session.get_one(CaseRow, row.case_id)
                fresh = await _new_files(session, clean)
                if row.text == clean.text and not fresh:
                    return Receipt(Status.UNCHANGED, case.public_id)
                row.text, row.redactions = clean.text, redactions
                _add_files(session, case, clean, fresh)
                self._requeue(case)
                return Receipt(Status.ADDED, case.public_id)
        return await self.receive(submission, watched)

    def _cleaned(self, submission: Submission) -> _Clean:
        text = self._redactor.redact(submission.text[:TEXT_LIMIT])
        counts, files = Counter(text.counts), []
        for file in submission.files[:_FILES_LIMIT]:
            name = self._redactor.redact_name(file.name)
            counts.update(name.counts)
            files.append(replace(file, name=name.text))
        return _Clean(replace(submission, text=text.text, files=tuple(files)), dict(counts))

    def _is_relevant(self, submission: Submission) -> bool:
        relevant = self._rules.relevant
        return any(relevant.file(file.name) for file in submission.files) or relevant.text(submission.text)

    async def _open_case(self, session: AsyncSession, new: Submission, asker: str) -> CaseRow | None:
        belongs = []
        if new.place.thread:
            belongs.append(CaseRow.thread == new.place.thread)
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

    async def _cooldown(self, session: AsyncSession, asker: str) -> float:
        last = await session.scalar(select(func.max(CaseRow.received_at)).where(CaseRow.asker == asker))
        return 0.0 if last is None else max(0.0, last + self._rules.cooldown - self._clock())

    async def _add(self, session: AsyncSession, case: CaseRow, new: Submission, redactions: dict[str, int]) -> Receipt:
        _add_message(session, case, new, redactions)
        _add_files(session, case, new, await _new_files(session, new))
        self._requeue(case)
        case.asked = case.asked or new.asked
        return Receipt(Status.ADDED, case.public_id)

    async def _open(self, session: AsyncSession, new: Submission, redactions: dict[str, int], asker: str) -> Receipt:
        now = self._clock()
        case = CaseRow(
            public_id=await _new_id(session),
            platform=new.place.platform,
            server=new.place.server,
            channel=new.place.channel,
            thread=new.place.thread,
            message=new.message,
            asker=asker,
            asked=new.asked,
            state=State.RECEIVED.value,
            received_at=now,
            changed_at=now,
            queued_at=now,
        )
        session.add(case)
        await session.flush()
        _add_message(session, case, new, redactions)
        _add_files(session, case, new, await _new_files(session, new))
        return Receipt(Status.OPENED, case.public_id)

    def _requeue(self, case: CaseRow) -> None:
        now = self._clock()
        case.revision += 1
        case.changed_at = now
        case.attempts, case.retry_at = 0, 0.0
        if case.state == State.ANSWERED.value:
            case.state, case.queued_at = State.RECEIVED.value, now


async def _seen(session: AsyncSession, new: Submission) -> str | None:
    platform = new.place.platform
    queries = [
        select(EventRow.case_id).where(EventRow.platform == platform, EventRow.event == new.event),
        select(MessageRow.case_id).where(MessageRow.platform == platform, MessageRow.message == new.message),
    ]
    if new.files and not await _new_files(session, new):
        queries.append(
            select(FileRow.case_id).where(FileRow.platform == platform, FileRow.file.in_([f.id for f in new.files]))
        )
    for query in queries:
        if (row := await session.scalar(query.limit(1))) is not None:
            return (await session.get_one(CaseRow, row)).public_id
    return None


async def _new_files(session: AsyncSession, new: Submission) -> tuple[FileRef, ...]:
    known = set(
        await session.scalars(
            select(FileRow.file).where(
                FileRow.platform == new.place.platform, FileRow.file.in_([file.id for file in new.files])
            )
        )
    )
    return tuple({file.id: file for file in new.files if file.id not in known}.values())


def _add_message(session: AsyncSession, case: CaseRow, new: Submission, redactions: dict[str, int]) -> None:
    platform = new.place.platform
    session.add(
        MessageRow(case_id=case.id, platform=platform, message=new.message, text=new.text, redactions=redactions)
    )
    session.add(EventRow(case_id=case.id, platform=platform, event=new.event))


def _add_files(session: AsyncSession, case: CaseRow, new: Submission, files: Sequence[FileRef]) -> None:
    session.add_all(
        FileRow(
            case_id=case.id,
            platform=new.place.platform,
            file=file.id,
            message=file.message,
            name=file.name,
            size=file.size,
        )
        for file in files
    )


async def _new_id(session: AsyncSession) -> str:
    while True:
        made = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
        if await session.scalar(select(CaseRow.id).where(CaseRow.public_id == made)) is None:
            return made
