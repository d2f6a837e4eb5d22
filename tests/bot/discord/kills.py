"""Somebody who asks for help on a fake Discord while its bot is killed for good."""

from collections.abc import Callable
from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.world import CHANNEL, GUILD
from tests.bot.discord.live import settings
from tests.bot.live import FOUND, LOG, kills

WAYS = ("upload", "thread", "command")
"""An upload that is answered below it, one that is answered in a thread of its own, a command with a file."""
NEVER: frozenset[tuple[str, str]] = frozenset()
"""Steps that a way of asking does not have."""


async def once(folder: Path, step: str, way: str, after: float = 0) -> str:
    """Kill a bot at `step`, or where that is empty `after` seconds; return what the next one makes of it."""
    chosen = ServerSettings(channels=(CHANNEL,), answer_in="thread" if way == "thread" else "reply")
    await kills.set_up(settings(folder), "discord", GUILD, chosen)
    async with FakeDiscord() as discord:
        scene = kills.Scene(
            "discord",
            discord.base,
            lambda: discord.gateway.identified,
            lambda: _ask(discord, way),
            lambda: _outcome(discord),
        )
        return await kills.once(scene, folder, step, after)


async def _ask(discord: FakeDiscord, way: str) -> Callable[[], bool] | None:
    if way == "command":
        call = await discord.people.command("diagnose", files={"log.txt": LOG})
        return lambda: call.answer is not None
    await discord.people.post("it crashed", {"log.txt": LOG})
    return None


def _outcome(discord: FakeDiscord) -> str:
    visible = discord.world.visible()
    answered = len(visible) == 1 and FOUND in text_of(visible[0])
    return "one reply" if answered else f"{len(visible)} replies"
