"""The digest of a week of simulated cases, for a picture of it."""

from __future__ import annotations

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.simulated_cases import START, Size, largest_server, simulate
from bot.cases.database import Database
from bot.cases.marks import day_of
from bot.cases.recurrence import Recurrence
from bot.cases.weekly import Due
from bot.cases.weeks import Hour, Week, date_of
from bot.digest.compose import Composer
from bot.digest.model import Digest
from knowledge.model import Knowledge

_SIZE = Size(cases=1400, servers=2, days=42, seed=3)


def digest_of_simulation(knowledge: Knowledge) -> Digest:
    """Simulate six weeks of two servers, and make the digest of the last whole week of the larger one."""
    hour = Hour(9, "UTC")
    week = Week.of(date_of(day_of(START) + _SIZE.days - 1)).previous
    due = Due("test", largest_server(), "", week, hour, hour.due(week))

    async def made(path: Path) -> Digest:
        database = Database(f"sqlite+aiosqlite:///{path}")
        try:
            return await Composer(Recurrence(database), lambda: knowledge, lambda: due.at).of_week(due, late=False)
        finally:
            await database.close()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.sqlite"
        simulate(path, _SIZE)
        # in a thread: who draws for Discord is in an event loop already
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(made(path))).result()
