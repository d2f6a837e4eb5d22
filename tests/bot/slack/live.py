"""A bot on a fake Slack: unchanged slack_bolt and slack_sdk, real sockets, a real store, real worker processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.settings import Settings
from bot.slack import adapter
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.point import point
from tests.bot.slack.fake.world import APP_TOKEN, BOT_TOKEN, CHANNEL, TEAM, Json
from tests.conftest import ROOT

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
CONFIG = (ROOT / "examples" / "out-of-memory" / "config.yaml").read_bytes()
FOUND = "CUDA"
"""In every answer to `LOG`."""


@dataclass
class Live:
    slack: FakeSlack
    desk: Desk

    async def answer(self, number: int = 0, holds: str = FOUND) -> Json:
        """Wait for the bot's message of that number to hold some words, and return it."""
        found: Json = await self.slack.until(
            lambda: next(
                iter(each for each in self.slack.world.visible()[number : number + 1] if holds in flat(each)), None
            )
        )
        return found

    async def settled(self) -> None:
        """Wait until no case is waiting or being read."""
        async with asyncio.timeout(60):
            while set((await self.desk.lookup.statistics()).by_state) - {"answered"}:
                await asyncio.sleep(0.01)

    async def shown(self, revision: int) -> None:
        """Wait until the reply to the only case shows a revision: each word and file that is added makes one."""
        async with asyncio.timeout(60):
            while await self._asked("SELECT shown_revision FROM replies") != revision:
                await asyncio.sleep(0.01)

    async def case(self) -> str:
        """Return the id of the only case."""
        return str(await self._asked("SELECT public_id FROM cases"))

    async def cases(self, number: int) -> None:
        """Wait until there are so many cases, all answered."""
        async with asyncio.timeout(60):
            while (await self.desk.lookup.statistics()).by_state != {"answered": number}:
                await asyncio.sleep(0.01)

    async def heard(self) -> None:
        """Wait until every event so far is acknowledged."""
        await self.slack.until(lambda: all(each.seconds is not None for each in self.slack.socket.envelopes.values()))

    async def _asked(self, query: str) -> Any:
        async with self.desk._database.read() as session:
            (found,) = (await session.scalars(text(query))).all()
            return found


def settings(folder: Path, **more: Any) -> Settings:
    values = {"cooldown_seconds": 0, "workers": 1, "server_cases": 4, **more}
    values = {"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN, **values}
    return Settings.model_validate({"data": folder / "data", **values})


@asynccontextmanager
async def connected(
    slack: FakeSlack, folder: Path, set_here: ServerSettings | None = None, **more: Any
) -> AsyncIterator[Live]:
    """Run the bot. Unless `set_here` says otherwise, it looks at uploads in the one channel."""
    point(slack.base)
    values = settings(folder, **more)
    chat = adapter(values)
    async with Desk(values, [chat]).opened() as desk:
        await desk.servers.put("slack", TEAM, set_here or ServerSettings(channels=(CHANNEL,)))
        before = slack.socket.connected
        running = asyncio.create_task(chat.run(desk))
        try:
            await slack.until(lambda: running.done() or slack.socket.connected > before)
            if running.done():
                running.result()
            yield Live(slack, desk)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
