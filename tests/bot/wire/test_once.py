import asyncio

import pytest

from bot.wire.once import Once
from tests.bot.asynchronous import run_async


@run_async
async def test_what_comes_twice_at_once_is_done_once_and_both_wait_for_it() -> None:
    once, free, done = Once(), asyncio.Event(), list[int]()

    async def work() -> str:
        await free.wait()
        done.append(1)
        return "made"

    tasks = [asyncio.create_task(once.do("m1", work)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    free.set()
    assert sorted(map(str, await asyncio.gather(*tasks))) == ["None", "None", "made"]
    assert await once.do("m1", work) is None
    assert await once.do("m2", work) == "made"
    assert len(done) == 2


@run_async
async def test_what_failed_may_come_again_and_those_who_waited_are_told() -> None:
    once = Once()

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ConnectionError

    async def work() -> str:
        return "made"

    both = await asyncio.gather(once.do("m1", fail), once.do("m1", fail), return_exceptions=True)
    assert [type(each) for each in both] == [ConnectionError, ConnectionError]
    assert await once.do("m1", work) == "made"


@run_async
async def test_what_was_interrupted_counts_as_failed() -> None:
    once, never = Once(), asyncio.Event()
    doing = asyncio.create_task(once.do("m1", never.wait))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(once.do("m1", never.wait))
    await asyncio.sleep(0)
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)
    with pytest.raises(RuntimeError):
        await waiting
