"""Cases that wait, in the table of cases itself: claims with a lease and a fence, servers in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from bot.cases.database import Database
from bot.cases.model import CaseRef, Claim, FileRef, Place, State
from bot.cases.repeats import newest
from bot.cases.seal import Seal
from bot.cases.tables import CaseRow, FileRow, MessageRow

_Server = tuple[str, str]
_UNANSWERED = (State.RECEIVED.value, State.DIAGNOSING.value)


@dataclass(frozen=True, slots=True)
class _Waiting:
    server: _Server
    count: int
    oldest: float
    last_turn: int


class Queue:
    """Hands out cases: the server whose last turn is oldest is next, and none has more than `server_cases` at once.

    Only cases of `platforms` are taken: what answers the others is not running here.
    A claim ends with its lease (`lease` seconds); whoever claims the case then gets a higher fence, and the earlier
    holder can write nothing any more.
    """

    def __init__(
        self,
        database: Database,
        owner: str,
        lease: float,
        server_cases: int,
        clock: Callable[[], float],
        platforms: Collection[str],
        seal: Seal,
    ) -> None:
        self._database = database
        self._owner = owner
        self._lease = lease
        self._server_cases = server_cases
        self._clock = clock
        self._platforms = tuple(platforms)
        self._seal = seal

    async def claim(self) -> Claim | None:
        """Take the next case, or None where nothing is to be done."""
        async with self._database.write() as session:
            now = self._clock()
            waiting = await self._waiting(session, now)
            running = await self._running(session, now)
            free = [each for each in waiting if running.get(each.server, 0) < self._server_cases]
            if not free:
                return None
            server = min(free, key=lambda each: (each.last_turn, each.oldest)).server
            row = await session.scalar(
                select(CaseRow)
                .where(self._claimable(now), CaseRow.platform == server[0], CaseRow.server == server[1])
                .order_by(CaseRow.queued_at, CaseRow.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return None
            self._assign(row, now)
            row.turn = (await session.scalar(select(func.max(CaseRow.turn))) or 0) + 1
            return await self._claim(session, row)

    async def take(self, case: str) -> Claim | None:
        """Take this case, whoever may have had it; None where there is nothing to be done about it now.

        For those who know that it is theirs, since somebody else hands the cases out: an earlier holder gets fenced.
        """
        async with self._database.write(about=case) as session:
            now = self._clock()
            row = await session.scalar(
                select(CaseRow).where(
                    CaseRow.public_id == case, CaseRow.state != State.ANSWERED.value, CaseRow.retry_at <= now
                )
            )
            if row is None:
                return None
            self._assign(row, now)
            return await self._claim(session, row)

    async def recover(self) -> int:
        """Free the cases that a process of earlier times left unfinished; for the only process on this database."""
        async with self._database.write() as session:
            freed = await session.scalars(
                update(CaseRow)
                .where(CaseRow.state == State.DIAGNOSING.value)
                .values(lease_until=0.0, retry_at=0.0)
                .returning(CaseRow.id)
            )
            return len(freed.all())

    async def give_back(self, claim: Claim, after: float) -> None:
        """Let go of a case that could not be finished; it is claimable again in `after` seconds."""
        async with self._database.write() as session:
            await session.execute(
                update(CaseRow)
                .where(CaseRow.id == claim.row, CaseRow.fence == claim.fence)
                .values(lease_until=0.0, retry_at=self._clock() + after)
            )

    async def unanswered(self) -> dict[str, int]:
        """Return how many cases wait and how many are being read, by state."""
        query = select(CaseRow.state, func.count()).where(CaseRow.state.in_(_UNANSWERED)).group_by(CaseRow.state)
        async with self._database.read() as session:
            return {str(state): count for state, count in (await session.execute(query)).all()}

    async def ahead(self, case: str) -> int | None:
        """Return how many cases go before `case`, or None where it does not wait.

        Of those being diagnosed, the ones of its own server count where they take up the server's share.
        """
        async with self._database.read() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.public_id == case))
            if row is None or row.state != State.RECEIVED.value:
                return None
            now = self._clock()
            waiting = {each.server: each for each in await self._waiting(session, now)}
            own = (row.platform, row.server)
            before = await session.scalar(
                select(func.count())
                .select_from(CaseRow)
                .where(
                    self._claimable(now),
                    CaseRow.platform == row.platform,
                    CaseRow.server == row.server,
                    or_(
                        CaseRow.queued_at < row.queued_at, and_(CaseRow.queued_at == row.queued_at, CaseRow.id < row.id)
                    ),
                )
            )
            rounds = before or 0
            mine = waiting.get(own)
            turn = (mine.last_turn, mine.oldest) if mine else (0, row.queued_at)
            others = (each for server, each in waiting.items() if server != own)
            busy = (await self._running(session, now)).get(own, 0)
            rest = busy if busy >= self._server_cases else 0
            return (
                rest + rounds + sum(min(each.count, rounds + ((each.last_turn, each.oldest) < turn)) for each in others)
            )

    async def next_retry(self) -> float | None:
        """Return the seconds until a case that was given back is due, or None."""
        async with self._database.read() as session:
            due = await session.scalar(
                select(func.min(CaseRow.retry_at)).where(
                    CaseRow.state != State.ANSWERED.value, CaseRow.retry_at > self._clock()
                )
            )
        return None if due is None else max(0.0, due - self._clock())

    def _claimable(self, now: float) -> ColumnElement[bool]:
        left = and_(CaseRow.state == State.DIAGNOSING.value, CaseRow.lease_until <= now)
        return and_(
            or_(CaseRow.state == State.RECEIVED.value, left),
            CaseRow.retry_at <= now,
            CaseRow.platform.in_(self._platforms),
        )

    def _assign(self, row: CaseRow, now: float) -> None:
        row.state = State.DIAGNOSING.value
        row.owner, row.lease_until = self._owner, now + self._lease
        row.fence += 1
        row.attempts += 1

    async def _waiting(self, session: AsyncSession, now: float) -> list[_Waiting]:
        counted = await session.execute(
            select(CaseRow.platform, CaseRow.server, func.count(), func.min(CaseRow.queued_at))
            .where(self._claimable(now))
            .group_by(CaseRow.platform, CaseRow.server)
        )
        listed = []
        for platform, server, count, oldest in counted.all():
            last = await session.scalar(
                select(func.max(CaseRow.turn)).where(CaseRow.platform == platform, CaseRow.server == server)
            )
            listed.append(_Waiting((platform, server), count, oldest, last or 0))
        return listed

    async def _running(self, session: AsyncSession, now: float) -> dict[_Server, int]:
        counted = await session.execute(
            select(CaseRow.platform, CaseRow.server, func.count())
            .where(CaseRow.state == State.DIAGNOSING.value, CaseRow.lease_until > now)
            .group_by(CaseRow.platform, CaseRow.server)
        )
        return {(platform, server): count for platform, server, count in counted.all()}

    async def _claim(self, session: AsyncSession, row: CaseRow) -> Claim:
        query = select(MessageRow).where(MessageRow.case_id == row.id).order_by(MessageRow.id)
        messages = (await session.scalars(query)).all()
        files = await session.scalars(select(FileRow).where(FileRow.case_id == row.id).order_by(FileRow.id))
        return Claim(
            row=row.id,
            case=ref_of(row, self._seal),
            fence=row.fence,
            revision=row.revision,
            asked=row.asked or row.diagnosed_revision > 0,
            text="\n".join(message.text for message in messages if message.text),
            files=tuple(
                FileRef(file.file, file.message, file.name, file.size, self._seal.open(file.handle))
                for file in newest(files)
            ),
            diagnosed=row.diagnosed_revision == row.revision,
            attempts=row.attempts,
            redactions=dict(sum((Counter(message.redactions) for message in messages), Counter())),
        )


def ref_of(row: CaseRow, seal: Seal | None = None) -> CaseRef:
    """Return what adapters know a case by; with its handle where `seal` can open it."""
    place = Place(row.platform, row.server, row.channel, row.thread)
    return CaseRef(row.public_id, place, row.message, seal.open(row.handle) if seal else "")
