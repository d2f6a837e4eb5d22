"""What the tests of every chat share: a bot on a fake of it, with a real store and real worker processes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.desk import Adapter, Desk
from bot.settings import Settings
from tests.conftest import ROOT

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
CONFIG = (ROOT / "examples" / "out-of-memory" / "config.yaml").read_bytes()
FOUND = "CUDA"
"""In every answer to `LOG`."""


async def until(reached: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until `reached` returns something; returns it."""
    async with asyncio.timeout(seconds):
        while not (value := reached()):
            await asyncio.sleep(0.01)
    return value


@dataclass
class LiveDesk:
    desk: Desk

    async def settled(self) -> None:
        """Wait until no case is waiting or being read."""
        async with asyncio.timeout(60):
            while set((await self.desk.lookup.statistics()).by_state) - {"answered"}:
                await asyncio.sleep(0.01)

    async def cases(self, number: int) -> None:
        """Wait until there are so many cases, all answered."""
        async with asyncio.timeout(60):
            while (await self.desk.lookup.statistics()).by_state != {"answered": number}:
                await asyncio.sleep(0.01)

    async def shown(self, revision: int) -> None:
        """Wait until the reply to the only case shows a revision: each word and file that is added makes one."""
        async with asyncio.timeout(60):
            while await self._asked("SELECT shown_revision FROM replies") != revision:
                await asyncio.sleep(0.01)

    async def case(self) -> str:
        """Return the id of the only case."""
        return str(await self._asked("SELECT public_id FROM cases"))

    async def _asked(self, query: str) -> Any:
        async with self.desk._database.read() as session:
            (found,) = (await session.scalars(text(query))).all()
            return found


async def week_missed(desk: Desk) -> None:
    """Make one digest due, as if nothing had run for seven days."""
    async with desk._database.write() as session:
        await session.execute(text("UPDATE servers SET digest_since = :since"), {"since": time.time() - 7 * 24 * 3600})


def settings(folder: Path, **more: Any) -> Settings:
    """Return settings for a test in `folder`."""
    values = {"data": folder / "data", "cooldown_seconds": 0, "workers": 1, "server_cases": 4, **more}
    return Settings.model_validate(values)


@asynccontextmanager
async def running(chat: Adapter, desk: Desk, connections: Callable[[], int]) -> AsyncIterator[None]:
    """Run a chat's adapter, once it made another connection."""
    before = connections()
    task = asyncio.create_task(chat.run(desk))
    try:
        await until(lambda: task.done() or connections() > before)
        if task.done():
            task.result()
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def answering(chat: Adapter, desk: Desk) -> AsyncIterator[None]:
    """Run a chat's adapter as workers do."""
    task = asyncio.create_task(chat.answer(desk))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
