"""A bot on a fake Discord: unchanged discord.py, real sockets, a real store, real worker processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.discord import adapter
from bot.settings import Settings
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.point import point
from tests.bot.discord.fake.world import BOT_TOKEN, CHANNEL, GUILD, Json
from tests.conftest import ROOT

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
CONFIG = (ROOT / "examples" / "out-of-memory" / "config.yaml").read_bytes()
FOUND = "CUDA"
"""In every answer to `LOG`."""


@dataclass
class Live:
    discord: FakeDiscord
    desk: Desk

    async def answer(self, number: int = 0, holds: str = FOUND) -> Json:
        """Wait for the bot's message of that number to hold some words, and return it."""
        found: Json = await self.discord.until(
            lambda: next(
                iter(each for each in self.discord.world.visible()[number : number + 1] if holds in text_of(each)), None
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

    async def _asked(self, query: str) -> Any:
        async with self.desk._database.read() as session:
            (found,) = (await session.scalars(text(query))).all()
            return found


def settings(folder: Path, **more: Any) -> Settings:
    values = {"cooldown_seconds": 0, "workers": 1, "server_cases": 4, "discord_token": BOT_TOKEN, **more}
    return Settings.model_validate({"data": folder / "data", **values})


@asynccontextmanager
async def connected(
    discord: FakeDiscord, folder: Path, set_here: ServerSettings | None = None, **more: Any
) -> AsyncIterator[Live]:
    """Run the bot. Unless `set_here` says otherwise, it looks at uploads in the one channel and answers below them."""
    point(discord.base)
    values = settings(folder, **more)
    chat = adapter(values)
    async with Desk(values, [chat]).opened() as desk:
        await desk.servers.put("discord", GUILD, set_here or ServerSettings(channels=(CHANNEL,), answer_in="reply"))
        before = discord.gateway.identified
        running = asyncio.create_task(chat.run(desk))
        try:
            await discord.until(lambda: running.done() or discord.gateway.identified > before)
            if running.done():
                running.result()
            yield Live(discord, desk)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
