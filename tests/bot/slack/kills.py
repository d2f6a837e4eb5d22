"""A bot process that is killed for good on a fake Slack, and the next one."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.world import CHANNEL, TEAM, Call
from tests.bot.slack.live import CONFIG, FOUND, LOG, settings
from tests.conftest import ROOT

WAYS = ("upload", "again", "command", "form")
"""An upload that is told once, one that is told until it is acknowledged, a command in words, a form with files."""
_SECONDS = 120


async def prepare(folder: Path) -> None:
    """Set the workspace up, so that the first process knows what to look at."""
    database = Database(settings(folder).database_url)
    await database.open()
    await Servers(database).put("slack", TEAM, ServerSettings(channels=(CHANNEL,)))
    await database.close()


async def start(slack: FakeSlack, folder: Path, step: str = "") -> Process:
    """Start a bot that dies at `step`, and wait until it is connected."""
    connections = slack.socket.connected
    command = (sys.executable, "-m", "tests.bot.slack.child", slack.base, str(folder), step)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL)
    await slack.until(lambda: slack.socket.connected > connections or process.returncode is not None, _SECONDS)
    if slack.socket.connected == connections:
        raise ChildProcessError(f"the bot ended before it was connected, with {process.returncode}")
    return process


async def stop(process: Process) -> None:
    """Kill a bot, if it is still there."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def ask(slack: FakeSlack, way: str) -> Call | None:
    """Ask for help; returns what has to be acknowledged."""
    files = {"log.txt": LOG, "config.yaml": CONFIG}
    if way == "command":
        return await slack.people.command("diagnose", "CUDA out of memory at step 12, RTX 4090")
    if way == "form":
        form = await slack.answered(await slack.people.command("diagnose"))
        return await slack.people.fill_in(form, "it crashed", files)
    await slack.people.post("it crashed", files)
    return None


def states(folder: Path) -> list[tuple[str]]:
    """Return the state of each case."""
    return _asked(folder, "SELECT state FROM cases")


async def once(folder: Path, step: str, way: str, after: float = 0) -> str:
    """Kill a bot at `step`, or where that is empty `after` seconds; return what the next one makes of it."""
    await prepare(folder)
    async with FakeSlack() as slack:
        slack.socket.retry_after = (0.5,) * 100 if way == "again" else ()
        first = await start(slack, folder, step)
        # a position has to be known before anything counts as missed
        await slack.until(lambda: _asked(folder, "SELECT platform FROM positions"), _SECONDS)
        call = await ask(slack, way)
        if step:
            async with asyncio.timeout(_SECONDS):
                await first.wait()
        else:
            await asyncio.sleep(after)
            await stop(first)
        kept, heard = states(folder), call is None or call.seconds is not None
        second = await start(slack, folder)
        try:
            if call is not None and not kept:
                return "acknowledged, but lost" if heard else "not acknowledged"
            await slack.until(lambda: states(folder) == [("answered",)], _SECONDS)
            # whoever says something twice does it at once
            await asyncio.sleep(0.2)
            visible = slack.world.visible()
            answers = [each for each in visible if FOUND in flat(each)]
            shares = len(slack.world.shares())
        finally:
            await stop(second)
    if len(visible) != 1 or len(answers) != 1:
        return f"{len(visible)} replies"
    return "one reply" if shares <= 1 else f"one reply, {shares} times its files"


def _asked(folder: Path, query: str) -> list[tuple[str]]:
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()
