"""Counts by server, subject and day, kept right in the same transaction in which a case changes or goes.

So no question about a time needs the cases themselves. People are counted by their last day: moving a person from one
day to another keeps the sum over any time up to now at everyone once, and can be undone when a case is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.marks import Mark, Subject, duration_class, month_of
from bot.cases.model import Verdict
from bot.cases.tables import CaseRow, MarkRow, TallyRow

ALL = ("", "")
"""Platform and server of the counts over all servers; people in several of them count in each."""


class Grain(StrEnum):
    """How much time a count is about."""

    DAY = "day"
    MONTH = "month"


_COLUMNS = {Verdict.FIXED.value: "fixed", Verdict.DID_NOT_HELP.value: "failed", Verdict.WRONG.value: "wrong"}
# of one form on SQLite and PostgreSQL, and safe where two processes count at once
_ADD = text(
    "INSERT INTO tallies (platform, server, kind, subject, grain, day, cases, people, fixed, failed, wrong) "
    "VALUES (:platform, :server, :kind, :subject, :grain, :day, :cases, :people, :fixed, :failed, :wrong) "
    "ON CONFLICT (platform, server, kind, subject, grain, day) DO UPDATE SET cases = tallies.cases + excluded.cases, "
    "people = tallies.people + excluded.people, fixed = tallies.fixed + excluded.fixed, "
    "failed = tallies.failed + excluded.failed, wrong = tallies.wrong + excluded.wrong"
)
_TIMES = (Subject.ANSWERED_IN.value, Subject.FIXED_IN.value)


async def count(session: AsyncSession, case: CaseRow, wanted: Iterable[Mark]) -> None:
    """Have a case counted under exactly these marks, beside those of its times."""
    await _change(session, case, set(wanted) - await _marks(session, case), await _stale(session, case, set(wanted)))


async def count_time(session: AsyncSession, case: CaseRow, kind: Subject, seconds: float | None) -> None:
    """Count how long something took, in place of what was counted before; None takes it out."""
    wanted = set() if seconds is None else {Mark(kind, duration_class(seconds))}
    held = {each for each in await _marks(session, case) if each.kind == kind}
    await _change(session, case, wanted - held, held - wanted)


async def uncount(session: AsyncSession, case: CaseRow) -> None:
    """Take a case out of all counts."""
    await _change(session, case, set(), await _marks(session, case))


async def judge(session: AsyncSession, case: CaseRow, verdict: str | None) -> None:
    """Have a case count as fixed, failed or wrong in place of what it counted as."""
    if verdict == case.verdict:
        return
    changes: list[dict[str, str | int]] = []
    for mark in await _marks(session, case):
        change = _change_of(case, mark, case.day)
        for word, sign in ((case.verdict, -1), (verdict, 1)):
            if word is not None:
                change[_COLUMNS[word]] = sign
        changes.append(change)
    await _add(session, changes)
    case.verdict = verdict


async def _add(session: AsyncSession, changes: list[dict[str, str | int]]) -> None:
    """Add to the counts of days and months, of the server and of all."""
    spread: list[dict[str, str | int]] = []
    for change in changes:
        month = change | {"grain": Grain.MONTH.value, "day": month_of(int(change["day"]))}
        for each in (change, month):
            spread += [each, each | dict(zip(("platform", "server"), ALL, strict=True))]
    if spread:
        await session.execute(_ADD, spread)


async def _change(session: AsyncSession, case: CaseRow, added: set[Mark], removed: set[Mark]) -> None:
    changes: list[dict[str, str | int]] = []
    for marks, sign in ((removed, -1), (added, 1)):
        for mark in sorted(marks):
            here = _change_of(case, mark, case.day, cases=sign)
            if case.verdict is not None:
                here[_COLUMNS[case.verdict]] = sign
            changes.append(here)
            other = None if mark.kind in _TIMES else await _last_other_day(session, case, mark)
            if other is None or other < case.day:
                here["people"] = sign
                if other is not None:
                    changes.append(_change_of(case, mark, other, people=-sign))
    if not changes:
        return
    await _add(session, changes)
    for mark in removed:
        await session.execute(
            delete(MarkRow).where(
                MarkRow.case_id == case.id, MarkRow.kind == mark.kind, MarkRow.subject == mark.subject
            )
        )
        for platform, server in ((case.platform, case.server), ALL):
            await session.execute(
                delete(TallyRow).where(
                    TallyRow.platform == platform,
                    TallyRow.server == server,
                    TallyRow.kind == mark.kind,
                    TallyRow.subject == mark.subject,
                    TallyRow.cases <= 0,
                )
            )
    session.add_all(MarkRow(case_id=case.id, kind=mark.kind, subject=mark.subject) for mark in sorted(added))
    await session.flush()


def _change_of(case: CaseRow, mark: Mark, day: int, cases: int = 0, people: int = 0) -> dict[str, str | int]:
    return {
        "platform": case.platform,
        "server": case.server,
        "kind": str(mark.kind),
        "subject": mark.subject,
        "grain": Grain.DAY.value,
        "day": day,
        "cases": cases,
        "people": people,
        "fixed": 0,
        "failed": 0,
        "wrong": 0,
    }


async def _marks(session: AsyncSession, case: CaseRow) -> set[Mark]:
    rows = await session.execute(select(MarkRow.kind, MarkRow.subject).where(MarkRow.case_id == case.id))
    return {Mark(kind, subject) for kind, subject in rows.all()}


async def _stale(session: AsyncSession, case: CaseRow, wanted: set[Mark]) -> set[Mark]:
    return {mark for mark in await _marks(session, case) - wanted if mark.kind not in _TIMES}


async def _last_other_day(session: AsyncSession, case: CaseRow, mark: Mark) -> int | None:
    """Return the last day on which the asker had another case of this subject in this server."""
    found: int | None = await session.scalar(
        select(func.max(CaseRow.day))
        .join(MarkRow, MarkRow.case_id == CaseRow.id)
        .where(
            CaseRow.asker == case.asker,
            CaseRow.platform == case.platform,
            CaseRow.server == case.server,
            CaseRow.id != case.id,
            MarkRow.kind == mark.kind,
            MarkRow.subject == mark.subject,
        )
    )
    return found
