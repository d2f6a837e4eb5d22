"""What a reply knows beside its report, and what is left of a case after its time."""

from pathlib import Path

from sqlalchemy import select

from bot.cases.model import Outcome, Reply, Result, Verdict
from bot.cases.retention import Retention
from bot.cases.tables import FileRow, MessageRow
from diagnostics.ranking import Tried, fix_key
from tests.bot.asynchronous import run_async
from tests.bot.cases.recount import kept_tallies, true_tallies
from tests.bot.cases.store import Store, opened, submission
from tests.bot.cases.test_tallies import report

_DAY = 86400


async def ask(store: Store, name: str, person: str = "marta", server: str = "s", number: int = 1) -> Reply:
    await store.intake.receive(submission(name, person=person, server=server, files=()))
    claim = await store.must_claim()
    said = await store.outbox.keep(claim, Result(Outcome.DIAGNOSED, report(number)))
    assert said is not None
    await store.outbox.slot(claim)
    await store.outbox.sent(claim, f"r-{name}", claim.case.place)
    return said


@run_async
async def test_a_reply_counts_cases_and_people_of_its_server_this_month(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        store.clock.now = 1_785_600_000.0  # 2026-08-01
        for number, person in enumerate(("marta", "oleg", "marta")):
            await ask(store, f"m{number}", person)
        await ask(store, "elsewhere", server="t")
        await ask(store, "other", number=2)
        said = await ask(store, "last", "kim")
        assert said.standing is not None
        assert (said.standing.cases, said.standing.people) == (4, 3)
        store.clock.now += 31 * _DAY
        later = await ask(store, "later")
        assert later.standing is not None
        assert (later.standing.cases, later.standing.people) == (1, 1)


@run_async
async def test_what_people_say_of_fixes_is_told_to_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        key = fix_key("Reduce batch size")
        for number in range(4):
            case = (await ask(store, f"m{number}")).case.id
            await store.feedback.record(case, "test", f"p{number}", Verdict.FIXED if number else Verdict.DID_NOT_HELP)
            assert await store.feedback.tried(case, "test", f"p{number}", [key])
        said = await ask(store, "last")
        assert said.standing is not None
        assert said.standing.tried == {key: Tried(4, 3)}


@run_async
async def test_the_last_case_on_the_same_trainer_in_the_same_server_is_compared(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await ask(store, "theirs", "oleg")
        await ask(store, "elsewhere", server="t")
        first = await ask(store, "m1")
        assert first.earlier is None
        store.clock.now += 10
        second = await ask(store, "m2", number=2)
        assert second.earlier is not None
        assert second.earlier.case == first.case.id
        assert second.earlier.report["findings"][0]["id"] == "rule-1"


@run_async
async def test_evidence_goes_after_its_time_and_counts_stay(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        old = (await ask(store, "m1")).case.id
        store.clock.now += 20 * _DAY
        new = (await ask(store, "m2", "oleg")).case.id
        before = await kept_tallies(store.database)
        retention = Retention(store.database, store.clock, 10)
        assert await retention.expire() == 1
        assert await retention.expire() == 0
        view, kept = await store.lookup.case(old), await store.lookup.case(new)
        assert view is not None
        assert kept is not None
        assert (view.evidence, view.report, view.outcome) == (False, None, "diagnosed")
        assert kept.report is not None
        async with store.database.read() as session:
            texts = {row.message: row.text for row in await session.scalars(select(MessageRow))}
            assert (await session.scalars(select(FileRow))).all() == []
        assert texts == {"m1": "", "m2": "loss is nan"}
        assert await kept_tallies(store.database) == before
        assert (await store.intake.receive(submission("m1", files=()))).status == "known"
        await store.people.forget("test", "marta")
        assert await kept_tallies(store.database) == await true_tallies(store.database)
