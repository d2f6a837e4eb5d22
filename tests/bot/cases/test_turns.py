import asyncio

from bot.cases.turns import Turns
from tests.bot.asynchronous import run_async


async def _take(turns: Turns, name: str, seen: list[str], urgent: bool = False) -> None:
    async with turns.taken(urgent):
        seen.append(name)
        await asyncio.sleep(0)


@run_async
async def test_one_at_a_time_in_order_and_what_is_urgent_first() -> None:
    turns, seen = Turns(), list[str]()
    async with turns.taken():
        waiting = [asyncio.create_task(_take(turns, name, seen, name.isupper())) for name in "abCdE"]
        await asyncio.sleep(0)
        assert seen == []
    await asyncio.gather(*waiting)
    assert seen == ["C", "E", "a", "b", "d"]
    await _take(turns, "f", seen)


@run_async
async def test_one_who_gives_up_holds_nobody_up() -> None:
    turns, seen = Turns(), list[str]()
    async with turns.taken():
        first, second = (asyncio.create_task(_take(turns, name, seen)) for name in "ab")
        await asyncio.sleep(0)
    # its turn has come, but it has not run yet
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert seen == ["b"]
    async with asyncio.timeout(1):
        await _take(turns, "c", seen)
