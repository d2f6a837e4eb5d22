"""Which fixes people tried, and what came of it: each person counts once a fix, by what they said last."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.tables import OutcomeRow, TryRow

_ADD = text(
    "INSERT INTO outcomes (finding, fix, tried, helped) VALUES (:finding, :fix, :tried, :helped) "
    "ON CONFLICT (finding, fix) DO UPDATE SET tried = outcomes.tried + excluded.tried, "
    "helped = outcomes.helped + excluded.helped"
)


class _Key(NamedTuple):
    finding: str
    fix: str
    person: str


@asynccontextmanager
async def settled(
    session: AsyncSession, touched: ColumnElement[bool], added: Iterable[TryRow] = ()
) -> AsyncIterator[None]:
    """Within, tries of the rows `touched` go, and `added` come; at the end the totals are right again."""
    rows = await session.execute(select(TryRow.finding, TryRow.fix, TryRow.person).where(touched))
    keys = {_Key(*row) for row in rows.all()} | {_Key(each.finding, each.fix, each.person) for each in added}
    before = [(key, await _last_word(session, key)) for key in sorted(keys)]
    yield
    await session.flush()
    tried: Counter[tuple[str, str]] = Counter()
    helped: Counter[tuple[str, str]] = Counter()
    for key, was in before:
        now = await _last_word(session, key)
        tried[key[:2]] += (now is not None) - (was is not None)
        helped[key[:2]] += bool(now) - bool(was)
    for finding, fix in tried:
        change = {"finding": finding, "fix": fix, "tried": tried[finding, fix], "helped": helped[finding, fix]}
        await session.execute(_ADD, change)
    if keys:
        await session.execute(delete(OutcomeRow).where(OutcomeRow.tried <= 0))


async def _last_word(session: AsyncSession, key: _Key) -> bool | None:
    found: bool | None = await session.scalar(
        select(TryRow.helped)
        .where(TryRow.person == key.person, TryRow.finding == key.finding, TryRow.fix == key.fix)
        .order_by(TryRow.at.desc(), TryRow.case_id.desc())
        .limit(1)
    )
    return found
