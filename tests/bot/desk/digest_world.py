"""Weeks of simulated time in which processes post digests, die at any step, and the clock is set."""

import asyncio
import itertools
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from bot.cases.weekly import Due, Weekly
from bot.cases.weeks import Hour, Week, date_of
from bot.desk.digests import DigestPost
from bot.digest.model import Digest, Moved
from diagnostics.trend import Trend
from tests.bot.cases.store import Clock
from tests.bot.desk.chat import FolderChat
from tests.conftest import ROOT

FIRST = Week.of(date(2020, 6, 1))
"""In the two years from here on Tehran skips and repeats the hour of a digest."""
HOURS = {
    "tehran": Hour(0, "Asia/Tehran"),
    "lord-howe": Hour(2, "Australia/Lord_Howe"),
    "warsaw": Hour(2, "Europe/Warsaw"),
    "new-york": Hour(9, "America/New_York"),
    "chatham": Hour(3, "Pacific/Chatham"),
    "kiritimati": Hour(0, "Pacific/Kiritimati"),
    "pago-pago": Hour(23, "Pacific/Pago_Pago"),
    "casablanca": Hour(3, "Africa/Casablanca"),
}
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class KilledError(BaseException):
    """The process is dead: nothing of it runs on."""


@dataclass
class Chances:
    """How likely each kind of trouble is, a step."""

    kill: float = 0.1
    down: float = 0.02
    jump: float = 0.05
    fail: float = 0.05


def url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'cases.sqlite'}"


async def compose(due: Due, late: bool) -> Digest:
    """Make a digest without counting anything."""
    first, end = due.hour.days(due.week)
    none = Moved("", 0, 0.0, Trend.STEADY)
    return Digest(
        due.platform, due.server, str(due.week), date_of(first), date_of(end - 1), due.at if late else None, none,
        None, 0, None, None, (), (), (), 0, (), None, (),
    )  # fmt: skip


async def prepare(folder: Path, hours: dict[str, Hour], now: float) -> None:
    """Have moderators set the digest of each server."""
    database = Database(url(folder))
    await database.open()
    servers = Servers(database, lambda: now)
    for name, hour in hours.items():
        chosen = ServerSettings(digest_channel="d", digest_hour=hour.hour, time_zone=hour.zone)
        await servers.put("test", name, chosen)
    await database.close()


@asynccontextmanager
async def process(folder: Path, clock: Clock, chat: FolderChat) -> AsyncIterator[tuple[Weekly, DigestPost]]:
    """Run what posts digests in one process of several."""
    database = Database(url(folder))
    weekly = Weekly(database, clock, ["test"])
    try:
        yield weekly, DigestPost(weekly, compose, {"test": chat})
    finally:
        await database.close()


def weeks_from_first(number: int) -> list[Week]:
    """Return so many weeks, the first of them `FIRST`."""
    weeks = [FIRST]
    while len(weeks) < number:
        weeks.append(weeks[-1].next)
    return weeks


async def simulate(
    folder: Path, hours: dict[str, Hour], weeks: int, seed: int, chances: Chances
) -> list[dict[str, Any]]:
    """Run two processes for so many weeks; returns the digests that were posted."""
    rng, clock = random.Random(seed), Clock()
    start = min(hour.due(FIRST) for hour in hours.values()) - HOUR
    last = weeks_from_first(weeks)[-1]
    end = max(hour.due(last) for hour in hours.values()) + HOUR
    await prepare(folder, hours, start)
    chat = FolderChat(folder / "chat")
    steps: list[str] = []
    deaths = 0

    def hook(step: str) -> None:
        nonlocal deaths
        steps.append(step)
        if rng.random() < chances.kill:
            deaths += 1
            raise KilledError
        if step == "before posting" and rng.random() < chances.fail:
            raise ConnectionError("passing trouble")
        if step == "after posting" and rng.random() < chances.fail:
            chat.fails.append(ConnectionError("posted, but the answer got lost"))

    chat.hook = hook
    async with AsyncExitStack() as stack:
        # thousands of failures are on purpose: drawing their tracebacks takes longer than all the rest
        stack.enter_context(capture_logs())
        posts = [(await stack.enter_async_context(process(folder, clock, chat)))[1] for _ in range(2)]
        true, off = start, 0.0
        while true < end:
            soon = min(hour.due(hour.newest(true).next) for hour in hours.values())
            stride = rng.choice((10 * MINUTE, 11 * HOUR, DAY, 3 * DAY))
            true = rng.choice((soon + rng.uniform(0, 5 * MINUTE), true + stride))
            if rng.random() < chances.down:
                true += rng.uniform(HOUR, 18 * DAY)
            if rng.random() < chances.jump:
                # never far ahead: a week that is not over has no digest yet
                off = rng.choice((0.0, HOUR, -HOUR, -26 * HOUR))
            true = min(true, end)
            clock.now = true + off
            for post in rng.sample(posts, 2):
                try:
                    await post.post_due()
                except KilledError:
                    continue
        chances.kill = chances.fail = 0
        for later in range(2, 5):
            clock.now = end + HOUR * later
            for post in posts:
                await post.post_due()
    assert deaths or not steps
    return chat.digests()


async def run_processes(folder: Path, hours: dict[str, Hour], weeks: int) -> int:
    """Run two real processes for so many weeks, each killed now and then; returns how often."""
    await prepare(folder, hours, min(hour.due(FIRST) for hour in hours.values()) - HOUR)
    seeds = itertools.count()
    both = [await _start(folder, next(seeds)), await _start(folder, next(seeds))]
    times = [max(hour.due(week) for hour in hours.values()) + 60 for week in weeks_from_first(weeks)]
    killed = 0
    try:
        # at the end the time comes for whatever was put off
        for now in (*times, *(times[-1] + again * HOUR for again in range(1, 8))):
            alive = await asyncio.gather(*(_tell(each, now) for each in both))
            for number in [number for number, lives in enumerate(alive) if not lives]:
                killed += 1
                both[number] = await _start(folder, next(seeds))
    finally:
        for child in both:
            child.kill()
            await child.communicate()
    return killed


async def _start(folder: Path, seed: int) -> Process:
    command = (sys.executable, "-m", "tests.bot.desk.digest_child", str(folder), str(seed))
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)


async def _tell(child: Process, now: float) -> bool:
    """Tell a process the time, and wait until it has posted what is due; False where it died of that."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{now}\n".encode())
    await child.stdin.drain()
    return bool(await child.stdout.readline())
