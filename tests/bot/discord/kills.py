"""A bot process that is killed for good on a fake Discord, and the next one."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.world import CHANNEL, GUILD
from tests.bot.discord.live import FOUND, LOG, settings
from tests.conftest import ROOT

_SECONDS = 120


async def prepare(folder: Path, answer_in: str) -> None:
    """Set the server up, so that the first process knows what to look at."""
    database = Database(settings(folder).database_url)
    await database.open()
    chosen = ServerSettings(channels=(CHANNEL,), answer_in="thread" if answer_in == "thread" else "reply")
    await Servers(database).put("discord", GUILD, chosen)
    await database.close()


async def start(discord: FakeDiscord, folder: Path, step: str = "") -> Process:
    """Start a bot that dies at `step`, and wait until it is connected."""
    connections = discord.gateway.identified
    command = (sys.executable, "-m", "tests.bot.discord.child", discord.base, str(folder), step)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL)
    await discord.until(lambda: discord.gateway.identified > connections or process.returncode is not None, _SECONDS)
    if discord.gateway.identified == connections:
        raise ChildProcessError(f"the bot ended before it was connected, with {process.returncode}")
    return process


async def stop(process: Process) -> None:
    """Kill a bot, if it is still there."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def ask(discord: FakeDiscord, way: str) -> None:
    """Ask for help: with an upload, or with a command."""
    if way == "command":
        await discord.people.command("diagnose", files={"log.txt": LOG})
    else:
        await discord.people.post("it crashed", {"log.txt": LOG})


def states(folder: Path) -> list[tuple[str]]:
    """Return the state of each case."""
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    try:
        return connection.execute("SELECT state FROM cases").fetchall()
    finally:
        connection.close()


async def once(folder: Path, step: str, way: str, after: float = 0) -> str:
    """Kill a bot at `step`, or where that is empty `after` seconds; return what the next one makes of it.

    `way` is upload, thread or command.
    """
    await prepare(folder, way)
    async with FakeDiscord() as discord:
        first = await start(discord, folder, step)
        # a position has to be known before anything counts as missed
        await discord.until(lambda: _position(folder), _SECONDS)
        await ask(discord, way)
        if step:
            async with asyncio.timeout(_SECONDS):
                await first.wait()
        else:
            await asyncio.sleep(after)
            await stop(first)
        before = len([1 for each in discord.world.visible() if FOUND in text_of(each)])
        second = await start(discord, folder)
        try:
            wanted = not (way == "command" and step == "before the row")
            await discord.until(lambda: not wanted or (states(folder) == [("answered",)]), _SECONDS)
            await asyncio.sleep(0)
            visible = discord.world.visible()
            answers = [each for each in visible if FOUND in text_of(each)]
        finally:
            await stop(second)
    if not wanted:
        return "not acknowledged" if not visible else "said something"
    return "one reply" if len(visible) == len(answers) == 1 and before <= 1 else f"{len(visible)} replies"


def _position(folder: Path) -> bool:
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    try:
        return bool(connection.execute("SELECT count(*) FROM positions").fetchone()[0])
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
