"""Every question that a reply, /stats or the digest asks is served by an index, without a look at all rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from benchmarks.simulated_cases import START, Size, simulate
from bot.cases.kept import newest
from bot.cases.marks import Subject, day_of
from bot.cases.questions import by_day, called, counted, example_cases, fixes_tried, seen_before, subject_sums
from bot.cases.retention import outdated
from bot.cases.spans import Piece, Span
from bot.cases.tallies import Grain
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import Store, opened

_END = day_of(START) + 30
_HERE = Span(_END - 7, _END, "test", "s0")
_EVERYWHERE = Span(_END - 7, _END)
_DAYS = Piece(Grain.DAY, _END - 7, _END)
QUESTIONS = {
    "counts of a server": (lambda: counted(_HERE, _DAYS, tuple(Subject)), "day>? AND day<?"),
    "counts of all servers": (lambda: counted(_EVERYWHERE, _DAYS, tuple(Subject)), "day>? AND day<?"),
    "cases a day": (lambda: by_day(_HERE), "day>? AND day<?"),
    "one subject": (lambda: subject_sums(_HERE, _DAYS, Subject.FINDING, "cuda-oom"), "day>? AND day<?"),
    "seen before": (lambda: seen_before(_HERE, Subject.FINGERPRINT, ["a", "b"]), "ix_tallies_subject"),
    "fixes": (lambda: fixes_tried("cuda-oom"), "outcomes"),
    "examples": (lambda: example_cases("a" * 12, _HERE, 3), "ix_marks_subject"),
    "waiting for a human": (lambda: called("test", "s0", START), "ix_cases_called"),
    "cases to try a rule on": (lambda: newest(100), "ix_cases_evidence"),
    "evidence to delete": (lambda: outdated(START, 100), "ix_cases_evidence"),
}


async def plan(store: Store, question: Callable[[], object]) -> str:
    compiled = question().compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    async with store.database.read() as session:
        rows = (await session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))).all()
    return "\n".join(str(row[3]) for row in rows)


def served(found: str, index: str) -> bool:
    return f" {index}" in found and "SCAN" not in found


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("analysed", [False, True])
@run_async
async def test_each_question_is_served_by_an_index(tmp_path: Path, analysed: bool) -> None:
    simulate(tmp_path / "cases.sqlite", Size(2000, servers=5, days=30))
    async with opened(tmp_path) as store:
        if not analysed:
            async with store.database.write() as session:
                await session.execute(text("DROP TABLE sqlite_stat1"))
        for name, (question, index) in QUESTIONS.items():
            found = await plan(store, question)
            assert served(found, index), f"{name}: {found}"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("index", ["ix_tallies_subject", "ix_marks_subject", "ix_cases_called", "ix_cases_evidence"])
@run_async
async def test_the_check_sees_an_index_that_is_gone(tmp_path: Path, index: str) -> None:
    async with opened(tmp_path) as store:
        async with store.database.write() as session:
            await session.execute(text(f"DROP INDEX {index}"))
        broken = [question for question, wanted in QUESTIONS.values() if wanted == index]
        assert broken
        for question in broken:
            assert not served(await plan(store, question), index)
