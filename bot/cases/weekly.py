"""Which digest is due where, and whose turn it is to post it: once a week and server, however many processes there are.

A digest is claimed in the database before it is posted. A claim ends with its lease; whoever takes over looks first for
what the last one may have posted.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import func, select, text, update

from bot.cases.database import Database
from bot.cases.tables import DigestRow, ServerRow
from bot.cases.weeks import Hour, Week

LATE_SECONDS = 600
"""Longer after it was due a digest is called late."""
LEASE_SECONDS = 600
_LONGEST = 3600.0
_FIRST_PAUSE = 30.0
_MOST_ATTEMPTS = 60
"""With pauses that double up to an hour, this is more than two days."""
_NONCE = 8
# of one form on SQLite and PostgreSQL
_BEGIN = text(
    "INSERT INTO digests (platform, server, week, nonce, channel, message, due_at, lease_until, attempts, tried_at) "
    "VALUES (:platform, :server, :week, :nonce, :channel, '', :due_at, 0, 0, 0) "
    "ON CONFLICT (platform, server, week) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that is to be posted; `at` in UNIX seconds."""

    platform: str
    server: str
    channel: str
    week: Week
    hour: Hour
    at: float


@dataclass(frozen=True, slots=True)
class DigestClaim:
    """A digest that is ours to post until the lease ends."""

    due: Due
    nonce: str
    attempt: int
    tried_in: str
    """The channel in which an earlier attempt may have posted it; empty at the first."""
    tried_at: float
    """When posting it was first tried."""
    late: bool


class Weekly:
    """Hands out digests, of each server the oldest first."""

    def __init__(self, database: Database, clock: Callable[[], float], platforms: Collection[str]) -> None:
        self._database = database
        self._clock = clock
        self._platforms = tuple(platforms)

    async def due(self) -> tuple[Due, ...]:
        """Return for each server the oldest digest that is due and was not posted."""
        now = self._clock()
        last = (
            select(func.max(DigestRow.week))
            .where(
                DigestRow.platform == ServerRow.platform,
                DigestRow.server == ServerRow.server,
                DigestRow.sent_at.is_not(None),
            )
            .scalar_subquery()
        )
        query = select(ServerRow, last).where(ServerRow.digest_channel != "", ServerRow.platform.in_(self._platforms))
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return tuple(found for server, sent in rows if (found := _due(server, sent, now)))

    async def claim(self, due: Due) -> DigestClaim | None:
        """Take a digest, or None where it stands, or somebody else is at it, or it is to be tried again later."""
        now = self._clock()
        key = {"platform": due.platform, "server": due.server, "week": str(due.week)}
        async with self._database.write() as session:
            nonce = f"lt{secrets.token_hex(_NONCE)}"
            await session.execute(_BEGIN, {**key, "nonce": nonce, "channel": due.channel, "due_at": due.at})
            row = await session.scalar(select(DigestRow).filter_by(**key).with_for_update())
            if row is None or row.sent_at is not None or _held(row.lease_until, now):
                return None
            tried_in, row.channel = row.channel if row.attempts else "", due.channel
            row.tried_at = row.tried_at or now
            row.lease_until, row.attempts = now + LEASE_SECONDS, row.attempts + 1
            late = now - due.at > LATE_SECONDS
            return DigestClaim(due, row.nonce, row.attempts, tried_in, row.tried_at, late)

    async def posted(self, claim: DigestClaim, message: str) -> bool:
        """Note that a digest stands; False where another message is noted already, and this one should go."""
        async with self._database.write() as session:
            row = await session.get(DigestRow, _key(claim.due), with_for_update=True)
            if row is None:
                return False
            if row.sent_at is not None:
                return row.message == message
            row.message, row.sent_at, row.lease_until = message, self._clock(), 0.0
            return True

    async def put_off(self, claim: DigestClaim) -> None:
        """Let go of a digest that could not be posted: it is tried again later, and given up after two days."""
        if claim.attempt >= _MOST_ATTEMPTS:
            await self.give_up(claim)
            return
        pause = min(_FIRST_PAUSE * 2 ** (claim.attempt - 1), _LONGEST)
        await self._change(claim, lease_until=self._clock() + pause)

    async def give_up(self, claim: DigestClaim) -> None:
        """Let a week be over without its digest: there is no place for it."""
        await self._change(claim, sent_at=self._clock(), lease_until=0.0)

    async def recover(self) -> None:
        """Free what a process of earlier times left unfinished; for the only process on this database."""
        async with self._database.write() as session:
            await session.execute(update(DigestRow).where(DigestRow.sent_at.is_(None)).values(lease_until=0.0))

    async def _change(self, claim: DigestClaim, **values: float) -> None:
        async with self._database.write() as session:
            row = await session.get(DigestRow, _key(claim.due), with_for_update=True)
            if row is not None and row.sent_at is None and row.attempts == claim.attempt:
                for name, value in values.items():
                    setattr(row, name, value)


async def newest(database: Database, now: float) -> tuple[Due, ...]:
    """Return for each server that has digests the newest one that is due by now, posted or not."""
    query = select(ServerRow).where(ServerRow.digest_channel != "").order_by(ServerRow.platform, ServerRow.server)
    async with database.read() as session:
        rows = (await session.scalars(query)).all()
    hours = [(row, Hour(row.digest_hour, row.time_zone)) for row in rows]
    weeks = [(row, hour, hour.newest(now)) for row, hour in hours]
    return tuple(
        Due(row.platform, row.server, row.digest_channel, week, hour, hour.due(week)) for row, hour, week in weeks
    )


def _due(server: ServerRow, sent: str | None, now: float) -> Due | None:
    hour = Hour(server.digest_hour, server.time_zone)
    week = hour.first(server.digest_since)
    if sent is not None:
        week = max(week, Week.read(sent).next)
    at = hour.due(week)
    return Due(server.platform, server.server, server.digest_channel, week, hour, at) if at <= now else None


def _held(lease_until: float, now: float) -> bool:
    # a lease that ends later than any can was taken before the clock was set back
    return now < lease_until <= now + max(LEASE_SECONDS, _LONGEST)


def _key(due: Due) -> tuple[str, str, str]:
    return due.platform, due.server, str(due.week)
