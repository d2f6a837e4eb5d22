"""A bot on a fake Slack: unchanged slack_bolt and slack_sdk, real sockets, a real store, real worker processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.settings import Settings
from bot.slack import adapter
from tests.bot import live
from tests.bot.live import FOUND, LiveDesk
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.point import point
from tests.bot.slack.fake.world import APP_TOKEN, BOT_TOKEN, CHANNEL, TEAM, Json


@dataclass
class Live(LiveDesk):
    slack: FakeSlack

    async def answer(self, number: int = 0, holds: str = FOUND) -> Json:
        """Wait for the bot's message of that number to hold some words, and return it."""
        found: Json = await self.slack.until(
            lambda: next(
                iter(each for each in self.slack.world.visible()[number : number + 1] if holds in flat(each)), None
            )
        )
        return found

    async def heard(self) -> None:
        """Wait until every event so far is acknowledged."""
        await self.slack.until(lambda: all(each.seconds is not None for each in self.slack.socket.envelopes.values()))


def settings(folder: Path, **more: Any) -> Settings:
    return live.settings(folder, **{"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN, **more})


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
        async with live.running(chat, desk, lambda: slack.socket.connected):
            yield Live(desk, slack)
