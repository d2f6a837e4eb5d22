"""A bot process that is killed for good on a fake chat, and the next one."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from bot.settings import Settings
from tests.bot.live import until
from tests.conftest import ROOT

_SECONDS = 120


@dataclass(frozen=True)
class Scene:
    """A fake chat, somebody who asks for help there, and what people see in the end."""

    chat: str
    """Its name, and that of its folder of tests."""
    base: str
    connections: Callable[[], int]
    ask: Callable[[], Awaitable[Callable[[], bool] | None]]
    """Returns what tells whether it was acknowledged; None where nothing has to be."""
    outcome: Callable[[], str]


async def set_up(values: Settings, chat: str, server: str, chosen: ServerSettings) -> None:
    """Set a server up, so that the first process knows what to look at."""
    database = Database(values.database_url)
    await database.open()
    await Servers(database).put(chat, server, chosen)
    await database.close()


async def once(scene: Scene, folder: Path, step: str, after: float = 0) -> str:
    """Kill a bot at `step`, or where that is empty `after` seconds; return what the next one makes of it."""
    first = await _start(scene, folder, step)
    # a position has to be known before anything counts as missed
    await until(lambda: _asked(folder, "SELECT platform FROM positions"), _SECONDS)
    acknowledged = await scene.ask()
    if step:
        async with asyncio.timeout(_SECONDS):
            await first.wait()
    else:
        await asyncio.sleep(after)
        await _stop(first)
    kept, heard = _states(folder), acknowledged is None or acknowledged()
    second = await _start(scene, folder)
    try:
        if acknowledged is not None and not kept:
            # the platform itself tells who called that there was no answer
            return "acknowledged, but lost" if heard else "not acknowledged"
        await until(lambda: _states(folder) == [("answered",)], _SECONDS)
        # whoever says something twice does it at once
        await asyncio.sleep(0.2)
        return scene.outcome()
    finally:
        await _stop(second)


async def _start(scene: Scene, folder: Path, step: str = "") -> Process:
    """Start a bot that dies at `step`, and wait until it is connected."""
    before = scene.connections()
    command = (sys.executable, "-m", "tests.bot.live.child", scene.chat, scene.base, str(folder), step)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL)
    await until(lambda: scene.connections() > before or process.returncode is not None, _SECONDS)
    if scene.connections() == before:
        raise ChildProcessError(f"the bot ended before it was connected, with {process.returncode}")
    return process


async def _stop(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _states(folder: Path) -> list[tuple[str]]:
    return _asked(folder, "SELECT state FROM cases")


def _asked(folder: Path, query: str) -> list[tuple[str]]:
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()
