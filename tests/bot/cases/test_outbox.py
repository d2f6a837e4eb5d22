from dataclasses import replace
from pathlib import Path

from bot.cases.model import Outcome, Place, State
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, result, submission


@run_async
async def test_the_nonce_is_on_disk_before_the_reply_is_sent_and_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        claim = await store.must_claim()
        reply = await store.outbox.keep(claim, result(claim))
        slot = await store.outbox.slot(claim)
        assert reply is not None
        assert slot is not None
        assert not slot.tried
        assert len(slot.nonce) <= 25
    async with opened(tmp_path) as store:
        await store.queue.recover()
        claim = await store.must_claim()
        assert claim.diagnosed
        resumed = await store.outbox.resume(claim)
        assert resumed is not None
        again = await store.outbox.slot(claim)
        assert again is not None
        assert (again.nonce, again.tried, again.message) == (slot.nonce, True, "")
        assert resumed.report == reply.report
        assert resumed.redactions == {"hf-token": 1}
        assert resumed.plot == b"png"


@run_async
async def test_more_files_while_diagnosing_bring_the_case_back_and_the_reply_is_edited(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission(thread="t"))
        claim = await store.must_claim()
        await store.intake.receive(submission("m2", thread="t"))
        assert await store.outbox.keep(claim, result(claim)) is not None
        assert await store.outbox.slot(claim) is not None
        assert await store.outbox.sent(claim, "r1", claim.case.place)
        second = await store.must_claim()
        assert second.revision == claim.revision + 1
        assert not second.diagnosed
        assert await store.outbox.keep(second, result(second)) is not None
        edited = await store.outbox.slot(second)
        assert edited is not None
        assert edited.message == "r1"


@run_async
async def test_a_thread_that_the_answer_opened_belongs_to_the_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission())
        claim = await store.must_claim()
        await store.outbox.keep(claim, result(claim))
        await store.outbox.slot(claim)
        await store.outbox.sent(claim, "r1", Place("test", "s", "c", "made"))
        assert (await store.intake.receive(submission("m2", thread="made"))).case == opening.case


@run_async
async def test_a_silent_case_leaves_nothing_unless_more_came(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission(asked=False))
        claim = await store.must_claim()
        assert await store.outbox.keep(claim, result(claim, outcome=Outcome.SILENT)) is None
        assert (await store.lookup.statistics()).cases == 0
        await store.intake.receive(submission(asked=False, thread="t"))
        claim = await store.must_claim()
        more = await store.intake.receive(submission("m2", thread="t"))
        assert await store.outbox.keep(claim, result(claim, outcome=Outcome.SILENT)) is None
        view = await store.lookup.case(more.case)
        assert view is not None
        assert view.state is State.RECEIVED


@run_async
async def test_a_case_deleted_while_its_reply_is_sent_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        claim = await store.must_claim()
        await store.outbox.keep(claim, result(claim))
        await store.outbox.slot(claim)
        assert await store.people.forget("test", "marta") == 1
        assert not await store.outbox.sent(claim, "r1", claim.case.place)
        assert not await store.outbox.keep(claim, result(claim))


@run_async
async def test_progress_and_answer_have_the_same_place_and_an_answer_ends_progress(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        claim = await store.must_claim()
        begun = await store.outbox.begin(claim.case)
        assert begun is not None
        assert not begun.tried
        assert await store.outbox.noted(claim.case, "r1", Place("test", "s", "c", "made"))
        await store.outbox.keep(claim, result(claim))
        slot = await store.outbox.slot(claim)
        assert slot is not None
        assert (slot.nonce, slot.message, slot.place.thread) == (begun.nonce, "r1", "made")
        assert await store.outbox.begin(claim.case) is None, "it would take the place of the answer"


@run_async
async def test_what_answers_a_command_is_sealed_on_disk_and_wiped_when_the_case_closes(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        sent = submission()
        files = (replace(sent.files[0], handle="https://cdn.invalid/log.txt?hm=signature"),)
        await store.intake.receive(replace(sent, handle="a token to answer with", files=files))
        claim = await store.must_claim()
        assert claim.case.handle == "a token to answer with"
        assert claim.files[0].handle.endswith("signature")
        data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"signature" not in data
        assert b"a token to" not in data
        await store.queue.give_back(claim, 0)
        store.clock.now += 3601
        await store.intake.expire()
        wiped = await store.must_claim()
        assert (wiped.case.handle, wiped.files[0].handle) == ("", "")
