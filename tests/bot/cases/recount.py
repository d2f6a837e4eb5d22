"""The counts as they should be, from the cases themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from bot.cases.database import Database
from bot.cases.marks import month_of
from bot.cases.tables import CaseRow, MarkRow, OutcomeRow, TallyRow, TryRow

Key = tuple[str, str, str, str, int]
Counts = tuple[int, int, int, int, int]
_VERDICTS = ("fixed", "did-not-help", "wrong")
_TIMES = ("answered-in", "fixed-in")


async def kept_tallies(database: Database) -> dict[Key, Counts]:
    async with database.read() as session:
        rows = (await session.scalars(select(TallyRow))).all()
    own = [row for row in rows if row.platform and row.grain == "day"]
    assert _sums(row for row in rows if not row.platform and row.grain == "day") == _sums(own)
    assert _sums(row for row in rows if row.grain == "month" and row.platform) == _sums(own)
    assert _sums(row for row in rows if row.grain == "month" and not row.platform) == _sums(own)
    assert all(row.cases > 0 for row in rows)
    return {
        (row.platform, row.server, row.kind, row.subject, row.day): (
            row.cases,
            0 if row.kind in _TIMES else row.people,
            row.fixed,
            row.failed,
            row.wrong,
        )
        for row in own
    }


def _sums(rows: Iterable[TallyRow]) -> dict[tuple[str, str, int], Counter[str]]:
    """By kind, subject and month."""
    sums: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name in ("cases", "people", "fixed", "failed", "wrong"):
            sums[row.kind, row.subject, month_of(row.day)][name] += getattr(row, name)
    return sums


async def true_tallies(database: Database) -> dict[Key, Counts]:
    async with database.read() as session:
        rows = (await session.execute(select(CaseRow, MarkRow).join(MarkRow, MarkRow.case_id == CaseRow.id))).all()
    cases: Counter[Key] = Counter()
    verdicts: dict[Key, Counter[str | None]] = defaultdict(Counter)
    last: dict[tuple[str, ...], int] = {}
    for case, mark in rows:
        key = (case.platform, case.server, mark.kind, mark.subject, case.day)
        cases[key] += 1
        verdicts[key][case.verdict] += 1
        person = (*key[:4], case.asker)
        last[person] = max(last.get(person, 0), case.day)
    people = Counter((*person[:4], day) for person, day in last.items() if person[2] not in _TIMES)
    return {
        key: (count, people[key], *(verdicts[key][word] for word in _VERDICTS))  # type: ignore[misc]
        for key, count in cases.items()
    }


async def kept_outcomes(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    async with database.read() as session:
        rows = (await session.scalars(select(OutcomeRow))).all()
    return {(row.finding, row.fix): (row.tried, row.helped) for row in rows}


async def true_outcomes(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    async with database.read() as session:
        rows = (await session.scalars(select(TryRow).order_by(TryRow.at, TryRow.case_id))).all()
    last = {(row.finding, row.fix, row.person): row.helped for row in rows}
    tried = Counter(key[:2] for key in last)
    helped = Counter(key[:2] for key, word in last.items() if word)
    return {key: (count, helped[key]) for key, count in tried.items()}
