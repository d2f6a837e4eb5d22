"""A bot on a fake Discord: unchanged discord.py, real sockets, a real store, real worker processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.discord import adapter
from bot.settings import Settings
from tests.bot import live
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.point import point
from tests.bot.discord.fake.world import BOT_TOKEN, CHANNEL, GUILD, Json
from tests.bot.live import FOUND, LiveDesk


@dataclass
class Live(LiveDesk):
    discord: FakeDiscord

    async def answer(self, number: int = 0, holds: str = FOUND) -> Json:
        """Wait for the bot's message of that number to hold some words, and return it."""
        found: Json = await self.discord.until(
            lambda: next(
                iter(each for each in self.discord.world.visible()[number : number + 1] if holds in text_of(each)), None
            )
        )
        return found


def settings(folder: Path, **more: Any) -> Settings:
    return live.settings(folder, **{"discord_token": BOT_TOKEN, **more})


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
        async with live.running(chat, desk, lambda: discord.gateway.identified):
            yield Live(desk, discord)
