"""Links to the page of a case that nobody can guess, and that its asker can take back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import delete, select

from bot.cases.database import Database
from bot.cases.seal import Seal
from bot.cases.tables import CaseRow, LinkRow

_BYTES = 16
_LONGEST = 64


class CaseLinks:
    """Keeps of each link its hash, and the link itself sealed: who reads the database cannot open any."""

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], float]) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def share(self, case: str) -> str | None:
        """Return the secret of the link to a case, made where there is none yet; None where there is no such case."""
        async with self._database.write() as session:
            row = await session.scalar(select(CaseRow.id).where(CaseRow.public_id == case))
            if row is None:
                return None
            link = await session.get(LinkRow, row)
            if link is not None and (known := self._seal.open(link.sealed)):
                return known
            secret = secrets.token_urlsafe(_BYTES)
            sealed = self._seal.close(secret)
            await session.merge(LinkRow(case_id=row, mark=_mark(secret), sealed=sealed, at=self._clock()))
            return secret

    async def shared(self, case: str) -> str | None:
        """Return the secret of the link to a case, where there is one."""
        query = select(LinkRow.sealed).join(CaseRow, CaseRow.id == LinkRow.case_id).where(CaseRow.public_id == case)
        async with self._database.read() as session:
            return self._seal.open(await session.scalar(query)) or None

    async def revoke(self, case: str) -> None:
        """Take back the link to a case: it leads nowhere from now on."""
        of_case = select(CaseRow.id).where(CaseRow.public_id == case).scalar_subquery()
        async with self._database.write() as session:
            await session.execute(delete(LinkRow).where(LinkRow.case_id == of_case))

    async def case(self, secret: str) -> str | None:
        """Return the id of the case that a link leads to; None where it was revoked, or never was."""
        if len(secret) > _LONGEST:
            return None
        query = select(CaseRow.public_id).join(LinkRow, CaseRow.id == LinkRow.case_id)
        async with self._database.read() as session:
            found: str | None = await session.scalar(query.where(LinkRow.mark == _mark(secret)))
            return found


def _mark(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
