"""The cases of the desk: newest first, a page at a time, by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, or_, select, tuple_

from bot.cases.database import Database
from bot.cases.tables import CaseRow, FindingRow, MessageRow

_WITHIN = 20_000
"""Newest cases whose words are searched: words have no index."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty does not matter."""

    finding: str = ""
    platform: str = ""
    verdict: str = ""
    """``fixed``, ``did-not-help``, ``wrong``; ``none`` for cases about which nobody said anything."""
    waits: bool = False
    """Only those to which a human was called and that nobody calls fixed."""
    words: str = ""
    """A case id, or what its person wrote."""
    before: int = 0
    """Number of the last case of the page before."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list; `number` is what the next page begins after."""

    number: int
    id: str
    platform: str
    server: str
    at: float
    state: str
    finding: str
    verdict: str
    called: bool


class Listing:
    """Finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, platform: str, servers: Sequence[str]) -> tuple[str, ...]:
        """Return those of the servers that there are cases of."""
        query = select(CaseRow.server).where(CaseRow.platform == platform, CaseRow.server.in_(servers)).distinct()
        async with self._database.read() as session:
            return tuple(sorted(await session.scalars(query)))

    async def find(
        self, wanted: Wanted, most: int, servers: Sequence[tuple[str, str]] | None = None
    ) -> tuple[Listed, ...]:
        """Return the newest cases that are wanted, at most `most`; with `servers`, of these alone."""
        found = query(wanted)
        if servers is not None:
            found = found.where(tuple_(CaseRow.platform, CaseRow.server).in_(servers))
        async with self._database.read() as session:
            rows = (await session.execute(found.limit(most))).all()
        return tuple(
            Listed(
                row.id,
                row.public_id,
                row.platform,
                row.server,
                row.received_at,
                row.state,
                row.finding or "",
                row.verdict or "",
                row.called_at is not None,
            )
            for row in rows
        )


def query(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Return the query, the newest first."""
    case = CaseRow
    found = (
        select(
            case.id,
            case.public_id,
            case.platform,
            case.server,
            case.received_at,
            case.state,
            FindingRow.finding,
            case.verdict,
            case.called_at,
        )
        .outerjoin(FindingRow, (FindingRow.case_id == case.id) & (FindingRow.position == 0))
        .order_by(case.id.desc())
    )
    if wanted.before:
        found = found.where(case.id < wanted.before)
    if wanted.finding:
        found = found.where(FindingRow.finding == wanted.finding)
    if wanted.platform:
        found = found.where(case.platform == wanted.platform)
    if wanted.verdict:
        found = found.where(case.verdict.is_(None) if wanted.verdict == "none" else case.verdict == wanted.verdict)
    if wanted.waits:
        found = found.where(case.called_at.is_not(None), or_(case.verdict.is_(None), case.verdict != "fixed"))
    if wanted.words:
        newest = select(case.id).order_by(case.id.desc()).limit(1).scalar_subquery()
        said = exists().where(MessageRow.case_id == case.id, MessageRow.text.icontains(wanted.words, autoescape=True))
        known = case.public_id == wanted.words.strip().upper()
        found = found.where(or_(known, (case.id > newest - _WITHIN) & said))
    return found
