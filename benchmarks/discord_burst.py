"""200 uploads at once on a fake Discord with its rate limits: answers, time, and loop and memory of the bot's process.

.venv/bin/python -m benchmarks.discord_burst [UPLOADS]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

from benchmarks.burst import serve
from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.point import point
from tests.bot.discord.fake.world import GUILD, user
from tests.bot.discord.live import settings
from tests.bot.live import FOUND, LOG
from tests.conftest import ROOT

_CHANNELS = 20


async def main(folder: Path, count: int) -> None:
    """Print the figures."""
    async with FakeDiscord() as discord:
        add = discord.world.add_channel
        channels = tuple(add(f"2000000000000001{each:02}", f"burst-{each}")["id"] for each in range(_CHANNELS))
        people = [user(f"10000000000001{each:04}", f"person-{each}") for each in range(count)]
        database = Database(settings(folder).database_url)
        await database.open()
        await Servers(database).put("discord", GUILD, ServerSettings(channels=channels, answer_in="reply"))
        await database.close()
        command = (sys.executable, "-m", "benchmarks.discord_burst", "--bot", discord.base, str(folder))
        bot = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        await discord.until(lambda: discord.gateway.identified, 120)
        assert bot.stdin is not None
        bot.stdin.write(b"\n")
        started = time.perf_counter()
        posted = [
            discord.people.post("", {"log.txt": LOG + str(number).encode()}, who, channels[number % _CHANNELS])
            for number, who in enumerate(people)
        ]
        asked = [each["id"] for each in await asyncio.gather(*posted)]

        def answered() -> list[str]:
            visible = discord.world.visible()
            return [each["message_reference"]["message_id"] for each in visible if FOUND in text_of(each)]

        await discord.until(lambda: len(answered()) >= count, 600)
        ended = time.perf_counter() - started
        told, _ = await bot.communicate(b"\n")
    seen = Counter(answered())
    print(f"{count} uploads, {sum(seen[each] == 1 for each in asked)} answered once, in {ended:.1f} s")
    print(f"messages in all {len(discord.world.visible())}, requests over a rate limit {discord.buckets.refused}")
    print(told.decode().strip())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bot"]:
        point(sys.argv[2])
        asyncio.run(serve(settings(Path(sys.argv[3]), workers=2)))
    else:
        with tempfile.TemporaryDirectory() as home:
            asyncio.run(main(Path(home), int(sys.argv[1]) if len(sys.argv) > 1 else 200))
