"""Who changed what at the desk: kept for those who moderate with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from bot.cases.database import Database
from bot.cases.tables import AuditRow

_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Audit:
    """One change; `at` in UNIX seconds."""

    at: float
    who: str
    did: str
    about: str


class AuditTrail:
    """Notes changes, and keeps the last 5,000 of them."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def note(self, who: str, did: str, about: str = "") -> None:
        """Note a change."""
        async with self._database.write() as session:
            session.add(AuditRow(at=self._clock(), who=who, did=did, about=about))
            await session.flush()
            newest = select(func.max(AuditRow.id)).scalar_subquery()
            await session.execute(delete(AuditRow).where(AuditRow.id <= newest - _KEPT))

    async def last(self, most: int) -> tuple[Audit, ...]:
        """Return the last changes, the newest first."""
        async with self._database.read() as session:
            rows = await session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(most))
            return tuple(Audit(row.at, row.who, row.did, row.about) for row in rows)
