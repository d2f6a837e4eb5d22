"""Kept cases, as far as their evidence is still there, for rules to be tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from bot.cases.database import Database
from bot.cases.tables import CaseRow
from diagnostics.trial import KeptCase

_AT_ONCE = 200


async def kept(database: Database, most: int) -> AsyncIterator[KeptCase]:
    """Yield the newest cases that hold evidence, at most `most`."""
    async with database.read() as session:
        listed = (await session.scalars(newest(most))).all()
    for at in range(0, len(listed), _AT_ONCE):
        some = select(CaseRow).where(CaseRow.id.in_(listed[at : at + _AT_ONCE]), CaseRow.report.is_not(None))
        async with database.read() as session:
            rows = await session.scalars(some.options(selectinload(CaseRow.messages)))
            read = [_kept(row) for row in rows]
        for each in read:
            yield each


def newest(most: int) -> Select[int]:
    """Return the query for the cases with evidence that changed last."""
    return select(CaseRow.id).where(CaseRow.evidence).order_by(CaseRow.changed_at.desc()).limit(most)


def _kept(row: CaseRow) -> KeptCase:
    return KeptCase.read(row.public_id, [each.text for each in row.messages], row.report or {}, row.verdict)
