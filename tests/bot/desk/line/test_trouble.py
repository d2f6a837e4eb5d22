"""Workers die, freeze and lose their database with cases in their hands: every case gets one reply."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import make_url

from bot.desk import Desk
from tests.bot.asynchronous import run_async
from tests.bot.desk.chat import settled, submission
from tests.bot.desk.line.crowd import CrowdChat, settings
from tests.bot.desk.line.fleet import Wire, Worker
from tests.conftest import ROOT
from tests.postgres import migrated_database

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
CASES = 24
TAKEOVER = 3.0


@run_async
async def test_each_case_is_answered_once_whatever_becomes_of_the_workers(tmp_path: Path) -> None:
    url = make_url(migrated_database())
    chat = CrowdChat(tmp_path / "chat")
    async with AsyncExitStack() as stack:
        log = stack.enter_context((tmp_path / "workers.log").open("wb"))
        gateway = await stack.enter_async_context(
            Desk(settings(tmp_path, url.render_as_string(False), "gateway", "gateway", TAKEOVER), [chat]).opened()
        )
        workers = []
        for number in range(3):
            wire = await stack.enter_async_context(Wire(url.port or 0))
            own = url.set(port=wire.port).render_as_string(False)
            workers.append(Worker(tmp_path, own, f"worker-{number}", TAKEOVER, wire, log))
            stack.push_async_callback(asyncio.to_thread, workers[-1].stop)
        for number in range(CASES):
            file = chat.attach("log.txt", LOG + str(number).encode(), f"m{number}")
            await gateway.receive(submission(f"m{number}", files=(file,), person=f"p{number}", server=f"s{number % 6}"))
        killed, frozen, cut = workers
        await answered(gateway, 4)
        killed.kill()
        frozen.freeze()
        cut.wire.cut()
        await answered(gateway, 12)
        cut.wire.mend()
        frozen.thaw()
        await settled(gateway, CASES)
        standing = chat.standing()
        assert len(standing) == CASES
        assert {len(replies) for replies in standing.values()} == {1}


async def answered(gateway: Desk, least: int) -> None:
    async with asyncio.timeout(60):
        while (await gateway.lookup.statistics()).by_state.get("answered", 0) < least:
            await asyncio.sleep(0.02)
