"""Somebody who asks for help on a fake Slack while its bot is killed for good."""

from collections.abc import Callable
from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.live import CONFIG, FOUND, LOG, kills
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.world import CHANNEL, TEAM, Call
from tests.bot.slack.live import settings

WAYS = ("upload", "again", "command", "form")
"""An upload that is told once, one that is told until it is acknowledged, a command in words, a form with files."""
NEVER = frozenset({("fetching", "command")})
"""Steps that a way of asking does not have: a command in words brings no file."""


async def once(folder: Path, step: str, way: str, after: float = 0) -> str:
    """Kill a bot at `step`, or where that is empty `after` seconds; return what the next one makes of it."""
    await kills.set_up(settings(folder), "slack", TEAM, ServerSettings(channels=(CHANNEL,)))
    async with FakeSlack() as slack:
        slack.socket.retry_after = (0.5,) * 100 if way == "again" else ()
        scene = kills.Scene(
            "slack", slack.base, lambda: slack.socket.connected, lambda: _ask(slack, way), lambda: _outcome(slack)
        )
        return await kills.once(scene, folder, step, after)


async def _ask(slack: FakeSlack, way: str) -> Callable[[], bool] | None:
    files = {"log.txt": LOG, "config.yaml": CONFIG}
    if way == "command":
        return _acknowledged(await slack.people.command("diagnose", "CUDA out of memory at step 12, RTX 4090"))
    if way == "form":
        form = await slack.answered(await slack.people.command("diagnose"))
        return _acknowledged(await slack.people.fill_in(form, "it crashed", files))
    await slack.people.post("it crashed", files)
    return None


def _acknowledged(call: Call) -> Callable[[], bool]:
    return lambda: call.seconds is not None


def _outcome(slack: FakeSlack) -> str:
    visible = slack.world.visible()
    if len(visible) != 1 or FOUND not in flat(visible[0]):
        return f"{len(visible)} replies"
    shares = len(slack.world.shares())
    return "one reply" if shares <= 1 else f"one reply, {shares} times its files"
