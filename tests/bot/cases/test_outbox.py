from pathlib import Path

from bot.cases.model import Outcome, Place, State
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, result, submission


@run_async
async def test_the_nonce_is_on_disk_before_the_reply_is_sent_and_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        claim = await store.must_claim()
        sending = await store.outbox.keep(claim, result(claim))
        assert sending is not None
        assert not sending.tried
        assert len(sending.nonce) <= 25
    async with opened(tmp_path) as store:
        await store.queue.recover()
        claim = await store.must_claim()
        assert claim.diagnosed
        resumed = await store.outbox.resume(claim)
        assert resumed is not None
        assert (resumed.nonce, resumed.tried, resumed.message) == (sending.nonce, True, "")
        assert resumed.reply.report == sending.reply.report
        assert resumed.reply.redactions == {"hf-token": 1}
        assert resumed.reply.plot == b"png"


@run_async
async def test_more_files_while_diagnosing_bring_the_case_back_and_the_reply_is_edited(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission(thread="t"))
        claim = await store.must_claim()
        await store.intake.receive(submission("m2", thread="t"))
        assert await store.outbox.keep(claim, result(claim)) is not None
        assert await store.outbox.sent(claim, "r1", claim.case.place)
        second = await store.must_claim()
        assert second.revision == claim.revision + 1
        assert not second.diagnosed
        edited = await store.outbox.keep(second, result(second))
        assert edited is not None
        assert edited.message == "r1"


@run_async
async def test_a_thread_that_the_answer_opened_belongs_to_the_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission())
        claim = await store.must_claim()
        await store.outbox.keep(claim, result(claim))
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
        assert await store.people.forget("test", "marta") == 1
        assert not await store.outbox.sent(claim, "r1", claim.case.place)
        assert not await store.outbox.keep(claim, result(claim))
