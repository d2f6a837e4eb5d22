from pathlib import Path

from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, result, submission


@run_async
async def test_servers_take_turns_and_the_place_in_the_queue_is_told_right(tmp_path: Path) -> None:
    async with opened(tmp_path, server_cases=9) as store:
        cases = {}
        for server, count in (("big", 6), ("mid", 3), ("small", 1)):
            for number in range(count):
                store.clock.now += 1
                receipt = await store.intake.receive(
                    submission(f"{server}{number}", server=server, person=f"p{number}")
                )
                cases[receipt.case] = server
        order = sorted([(await store.queue.ahead(case) or 0, case) for case in cases])
        assert [place for place, _ in order] == list(range(10))
        claimed = [(await store.must_claim()).case.id for _ in cases]
        assert claimed == [case for _, case in order]
        assert [cases[case] for case in claimed] == ["big", "mid", "small", "big", "mid", "big", "mid"] + ["big"] * 3


@run_async
async def test_a_server_that_comes_later_is_served_before_the_crowd(tmp_path: Path) -> None:
    async with opened(tmp_path, server_cases=1) as store:
        for number in range(5):
            await store.intake.receive(submission(f"big{number}", server="big"))
        await store.answer("r0")
        late = await store.intake.receive(submission("late", server="small"))
        assert (await store.must_claim()).case.id == late.case


@run_async
async def test_no_server_has_more_than_its_share_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path, server_cases=2) as store:
        for number in range(4):
            await store.intake.receive(submission(f"m{number}"))
        first, second = await store.must_claim(), await store.must_claim()
        assert first.case.id != second.case.id
        assert await store.queue.claim() is None
        await store.outbox.keep(first, result(first))
        await store.outbox.slot(first)
        await store.outbox.sent(first, "r", first.case.place)
        assert await store.queue.claim() is not None


@run_async
async def test_a_lease_that_ended_is_taken_over_and_the_earlier_holder_writes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        stale = await store.must_claim()
        assert await store.queue.claim() is None
        store.clock.now += 61
        fresh = await store.must_claim()
        assert fresh.case == stale.case
        assert fresh.fence == stale.fence + 1
        assert await store.outbox.keep(stale, result(stale, "nan-loss")) is None
        assert await store.outbox.keep(fresh, result(fresh)) is not None
        view = await store.lookup.case(fresh.case.id)
        assert view is not None
        assert view.report is not None
        assert view.report["findings"][0]["id"] == "cuda-oom"


@run_async
async def test_what_a_crash_left_unfinished_is_taken_up_at_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await store.must_claim()
    async with opened(tmp_path) as store:
        assert await store.queue.claim() is None
        assert await store.queue.recover() == 1
        assert (await store.must_claim()).fence == 2


@run_async
async def test_a_case_that_is_given_back_waits_its_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await store.queue.give_back(await store.must_claim(), 30)
        assert await store.queue.claim() is None
        assert await store.queue.next_retry() == 30
        store.clock.now += 30
        assert (await store.must_claim()).attempts == 2
