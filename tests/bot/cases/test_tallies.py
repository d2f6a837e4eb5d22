"""Counts stay right whatever is done to cases, in whatever order."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.database import migrate
from bot.cases.model import Outcome, Result, Verdict
from diagnostics.ranking import fix_key
from tests.bot.asynchronous import run_async
from tests.bot.cases.recount import kept_outcomes, kept_tallies, true_outcomes, true_tallies
from tests.bot.cases.store import Store, opened, submission

_PEOPLE = ("marta", "oleg", "kim")
_FIXES = ("Reduce batch size", "Lower the resolution")
_DAY = 86400
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("open", "open", "answer", "verdict", "tried", "edit", "delete", "withdraw", "forget", "day")),
        st.integers(0, 5),
        st.sampled_from(_PEOPLE),
        st.integers(0, 2),
    ),
    max_size=25,
)


def report(number: int) -> dict[str, Any]:
    rows = [{"solution": fix, "status": "to-check", "about": "dataset"} for fix in _FIXES]
    found = [{"id": f"rule-{number}", "severity": "warning", "confidence": 0.9, "kind": "quality", "fixes": rows}]
    return {
        "findings": found if number else [],
        "trainer": {"id": "ai-toolkit"},
        "facts": {"model": f"org/m{number}", "gpu": "NVIDIA GeForce RTX 4090"},
        "unknown": [{"fingerprint": f"f{number}"}],
    }


async def _do(store: Store, step: tuple[str, int, str, int], cases: list[str]) -> None:
    what, number, person, choice = step
    case = cases[number % len(cases)] if cases else "NOCASE"
    match what:
        case "open":
            server = f"s{choice % 2}"
            name = f"m{len(cases)}"
            cases.append((await store.intake.receive(submission(name, person=person, server=server, files=()))).case)
        case "answer":
            while claim := await store.queue.claim():
                result = Result(Outcome.DIAGNOSED, report((number + claim.row) % 3))
                assert await store.outbox.keep(claim, result) is not None
                await store.outbox.slot(claim)
                await store.outbox.sent(claim, f"r{claim.row}", claim.case.place)
        case "verdict":
            await store.feedback.record(case, "test", person, list(Verdict)[choice])
        case "tried":
            await store.feedback.tried(case, "test", person, [fix_key(_FIXES[choice % 2])])
        case "edit":
            message = f"m{cases.index(case)}" if cases else "none"
            await store.intake.edit(submission(message, text=f"edited {number}", files=()))
        case "delete":
            await store.people.delete(case, "test", person, moderator=True)
        case "withdraw":
            await store.intake.withdraw("test", [f"m{number}"])
        case "forget":
            await store.people.forget("test", person)
        case "day":
            store.clock.now += choice * _DAY


@settings(max_examples=40, deadline=None)
@given(_STEPS)
def test_counts_stay_right_whatever_is_done(steps: list[tuple[str, int, str, int]]) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder)) as store:
                cases: list[str] = []
                for step in steps:
                    await _do(store, step, cases)
                    store.clock.now += 1
                assert await kept_tallies(store.database) == await true_tallies(store.database)
                assert await kept_outcomes(store.database) == await true_outcomes(store.database)

    asyncio.run(run())


async def _some_weeks(store: Store) -> None:
    cases: list[str] = []
    for number in range(12):
        await _do(store, ("open", 0, _PEOPLE[number % 3], number % 2), cases)
        await _do(store, ("answer", number, "", 0), cases)
        await _do(store, ("verdict", number, _PEOPLE[number % 3], number % 3), cases)
        await _do(store, ("tried", number, _PEOPLE[number % 3], number % 2), cases)
        store.clock.now += 2 * _DAY


@run_async
async def test_nothing_of_anybody_is_left_when_everybody_is_forgotten(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await _some_weeks(store)
        assert await kept_outcomes(store.database)
        for person in _PEOPLE:
            await store.people.forget("test", person)
        assert await kept_tallies(store.database) == {}
        assert await kept_outcomes(store.database) == {}


@pytest.mark.sqlite_alone
@run_async
async def test_cases_of_an_earlier_version_are_counted_by_their_findings(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await _some_weeks(store)
        before = await kept_tallies(store.database)
    url = f"sqlite+aiosqlite:///{tmp_path / 'cases.sqlite'}"
    with sqlite3.connect(tmp_path / "cases.sqlite") as connection:
        connection.execute("DELETE FROM marks")
        connection.execute("DELETE FROM tallies")
    connection.close()
    from_base(url)
    async with opened(tmp_path) as store:
        after = await kept_tallies(store.database)
        assert after == await true_tallies(store.database)
        kinds = {key: value for key, value in before.items() if key[2] == "case"}
        assert {key: value for key, value in after.items() if key[2] == "case"} == kinds


def from_base(url: str) -> None:
    """Take the newest migration back."""
    migrate(url, "0003")


@run_async
async def test_a_person_counts_once_a_fix_however_often_they_say_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        cases: list[str] = []
        for number in range(5):
            await _do(store, ("open", 0, "marta", 0), cases)
            await _do(store, ("answer", 1 + 2 * number, "", 0), cases)
        key = fix_key(_FIXES[0])
        for case in cases:
            assert not await store.feedback.tried(case, "test", "oleg", [key]), "no verdict yet"
            await store.feedback.record(case, "test", "oleg", Verdict.FIXED)
            await store.feedback.tried(case, "test", "oleg", [key, "nonsense"])
        totals = await kept_outcomes(store.database)
        assert all(value == (1, 1) for value in totals.values())
        await store.feedback.record(cases[-1], "test", "oleg", Verdict.DID_NOT_HELP)
        assert await store.feedback.tried(cases[-1], "test", "oleg", [key])
        assert (1, 0) in (await kept_outcomes(store.database)).values()
