"""A bot process that is killed for good on a fake Discord, and the next one."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from tests.bot.discord.child import STEPS as STEPS
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.world import CHANNEL, GUILD, Call
from tests.bot.discord.live import FOUND, LOG, settings
from tests.conftest import ROOT

WAYS = ("upload", "thread", "command")
"""An upload that is answered below it, one that is answered in a thread of its own, a command with a file."""
NEVER: frozenset[tuple[str, str]] = frozenset()
"""Steps that a way of asking does not have."""
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


async def ask(discord: FakeDiscord, way: str) -> Call | None:
    """Ask for help; returns what has to be acknowledged."""
    if way == "command":
        return await discord.people.command("diagnose", files={"log.txt": LOG})
    await discord.people.post("it crashed", {"log.txt": LOG})
    return None


def states(folder: Path) -> list[tuple[str]]:
    """Return the state of each case."""
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    try:
        return connection.execute("SELECT state FROM cases").fetchall()
    finally:
        connection.close()


async def once(folder: Path, step: str, way: str, after: float = 0) -> str:
    """Kill a bot at `step`, or where that is empty `after` seconds; return what the next one makes of it."""
    await prepare(folder, way)
    async with FakeDiscord() as discord:
        first = await start(discord, folder, step)
        # a position has to be known before anything counts as missed
        await discord.until(lambda: _position(folder), _SECONDS)
        call = await ask(discord, way)
        if step:
            async with asyncio.timeout(_SECONDS):
                await first.wait()
        else:
            await asyncio.sleep(after)
            await stop(first)
        kept, heard = states(folder), call is None or call.answer is not None
        second = await start(discord, folder)
        try:
            if call is not None and not kept:
                # Discord itself tells who called that there was no answer
                return "acknowledged, but lost" if heard else "not acknowledged"
            await discord.until(lambda: states(folder) == [("answered",)], _SECONDS)
            # whoever says something twice does it at once
            await asyncio.sleep(0.2)
            visible = discord.world.visible()
            answers = [each for each in visible if FOUND in text_of(each)]
        finally:
            await stop(second)
    return "one reply" if len(visible) == len(answers) == 1 else f"{len(visible)} replies"


def _position(folder: Path) -> bool:
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    try:
        return bool(connection.execute("SELECT count(*) FROM positions").fetchone()[0])
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
