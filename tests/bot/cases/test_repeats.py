"""The same content under new ids leads to the case that it made before."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.cases.model import Claim, Outcome, Result, Status
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import Store, opened, result, submission


async def diagnosed(
    store: Store, content: dict[str, str], message: str = "r1", outcome: Outcome = Outcome.DIAGNOSED
) -> Claim:
    """Work a case off whose files, by their names, have this content."""
    claim = await store.must_claim()
    found = await recognised(store, claim, content)
    kept = found or replace(result(claim, outcome=outcome), files=())
    assert await store.outbox.keep(claim, kept) is not None
    assert await store.outbox.slot(claim) is not None
    assert await store.outbox.sent(claim, message, claim.case.place)
    return claim


async def recognised(store: Store, claim: Claim, content: dict[str, str]) -> Result | None:
    return await store.repeats.recognise(claim, {file.id: content[file.name] for file in claim.files})


CONTENT = {"log.txt": "a" * 64, "config.yaml": "b" * 64}


@run_async
async def test_the_same_files_again_end_in_the_first_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission(files=("log.txt", "config.yaml")))
        await diagnosed(store, CONTENT)
        again = await store.intake.receive(submission("m2", text="", files=("log.txt",)))
        assert again.status is Status.OPENED
        claim = await store.must_claim()
        found = await recognised(store, claim, CONTENT)
        assert found is not None
        assert (found.outcome, first.case in str(found.notice)) == (Outcome.REPEATED, True)
        reply = await store.outbox.keep(claim, found)
        assert reply is not None
        assert (await store.repeats.addressed(reply)).case == replace(claim.case, id=first.case)
        assert await store.outbox.slot(claim) is not None
        assert await store.outbox.sent(claim, "r2", claim.case.place)

        assert (await store.lookup.statistics()).by_state == {"answered": 1}
        assert await store.queue.claim() is None
        # all of it is known from now on, as part of the first case
        for known in (submission("m2", text="", files=("log.txt",)), submission("m3", event="e-m2")):
            receipt = await store.intake.receive(known)
            assert (receipt.status, receipt.case) == (Status.KNOWN, first.case)
        view = await store.lookup.case(first.case)
        assert view is not None
        assert sorted(file.name for file in view.files) == ["config.yaml", "log.txt"]


@run_async
async def test_what_is_said_anew_is_added_to_the_first_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission(text="it  crashed"))
        await diagnosed(store, CONTENT)
        await store.intake.receive(submission("m2", text="it crashed"))
        await diagnosed(store, CONTENT, "r2")
        assert await store.queue.claim() is None, "the same words are nothing new"
        await store.intake.receive(submission("m3", text="with batch size 1 too"))
        await diagnosed(store, CONTENT, "r3")
        claim = await store.must_claim()
        assert (claim.case.id, claim.diagnosed, "batch size 1" in claim.text) == (first.case, False, True)
        assert [file.message for file in claim.files] == ["m3"], "one content is read once, from the newest copy"
        assert await recognised(store, claim, CONTENT) is None


@run_async
async def test_a_reply_to_what_leads_to_a_case_adds_to_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission())
        await diagnosed(store, CONTENT)
        await store.intake.receive(submission("m2", text=""))
        await diagnosed(store, CONTENT, "r2")
        receipt = await store.intake.receive(submission("m3", files=(), reply_to="r2"))
        assert (receipt.status, receipt.case) == (Status.ADDED, first.case)


@pytest.mark.parametrize("other", ["person", "server", "content", "more", "late", "failed"])
@run_async
async def test_nothing_else_is_taken_for_the_same(tmp_path: Path, other: str) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await diagnosed(store, CONTENT, outcome=Outcome.CRASHED if other == "failed" else Outcome.DIAGNOSED)
        if other == "late":
            store.clock.now += 3601
        await store.intake.receive(
            submission(
                "m2",
                person="oleg" if other == "person" else "marta",
                server="s2" if other == "server" else "s",
                files=("log.txt", "config.yaml") if other == "more" else ("log.txt",),
            )
        )
        claim = await store.must_claim()
        content = {**CONTENT, "log.txt": "c" * 64} if other == "content" else CONTENT
        assert await recognised(store, claim, content) is None


@run_async
async def test_of_two_that_are_fetched_at_once_the_later_leads_to_the_earlier(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission())
        await store.intake.receive(submission("m2"))
        one, two = await store.must_claim(), await store.must_claim()
        assert await recognised(store, one, CONTENT) is None
        found = await recognised(store, two, CONTENT)
        assert found is not None
        assert await recognised(store, one, CONTENT) is None, "each would lead to the other"
        assert await store.outbox.keep(two, found) is not None
        assert await store.outbox.slot(two) is not None
        assert await store.outbox.sent(two, "r2", two.case.place)
        assert await store.outbox.keep(one, replace(result(one), files=())) is not None
        assert await store.outbox.slot(one) is not None
        assert await store.outbox.sent(one, "r1", one.case.place)
        assert (await store.lookup.statistics()).cases == 1
        assert (await store.lookup.case(first.case)) is not None


@run_async
async def test_where_the_first_case_is_gone_meanwhile_the_second_is_diagnosed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission())
        await diagnosed(store, CONTENT)
        await store.intake.receive(submission("m2"))
        claim = await store.must_claim()
        found = await recognised(store, claim, CONTENT)
        assert found is not None
        assert await store.outbox.keep(claim, found) is not None
        assert await store.people.delete(first.case, "test", "marta")
        assert await store.outbox.slot(claim) is not None
        assert await store.outbox.sent(claim, "r2", claim.case.place)
        again = await store.must_claim()
        assert (again.case.message, again.diagnosed) == ("m2", False)
        assert await recognised(store, again, CONTENT) is None


@run_async
async def test_who_is_forgotten_has_every_reply_taken_down(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await diagnosed(store, CONTENT)
        await store.intake.receive(submission("m2"))
        await diagnosed(store, CONTENT, "r2")
        assert await store.people.forget("test", "marta") == 1
        assert {(each.message, each.case.message) for each in await store.people.removals()} == {
            ("r1", "m1"),
            ("r2", "m2"),
        }


@run_async
async def test_where_nobody_is_left_to_tell_it_is_no_case_either(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await diagnosed(store, CONTENT)
        await store.intake.receive(submission("m2"))
        claim = await store.must_claim()
        found = await recognised(store, claim, CONTENT)
        assert found is not None
        assert await store.outbox.keep(claim, found) is not None
        assert await store.outbox.slot(claim) is not None
        await store.outbox.close(claim)
        assert (await store.lookup.statistics()).by_state == {"answered": 1}


@run_async
async def test_an_older_holder_of_the_case_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await diagnosed(store, CONTENT)
        await store.intake.receive(submission("m2"))
        old = await store.must_claim()
        store.clock.now += 61
        await store.must_claim()
        assert await recognised(store, old, CONTENT) is None
