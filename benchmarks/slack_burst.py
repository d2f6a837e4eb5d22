"""200 uploads at once on a fake Slack with its rate limits: answers, time, and the loop and memory of the bot process.

.venv/bin/python -m benchmarks.slack_burst [UPLOADS]
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
from tests.bot.live import FOUND, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.point import point
from tests.bot.slack.fake.world import TEAM
from tests.bot.slack.live import settings
from tests.conftest import ROOT

_CHANNELS = 20


async def main(folder: Path, count: int) -> None:
    """Print the figures."""
    values = settings(folder)
    async with FakeSlack() as slack:
        slack.world.post_seconds = 1.0
        channels = tuple(slack.world.add_channel(f"C0BURST{each}", f"burst-{each}")["id"] for each in range(_CHANNELS))
        people = [slack.world.add_person(f"U0BURST{each}", f"person-{each}") for each in range(count)]
        database = Database(values.database_url)
        await database.open()
        await Servers(database).put("slack", TEAM, ServerSettings(channels=channels))
        await database.close()
        command = (sys.executable, "-m", "benchmarks.slack_burst", "--bot", slack.base, str(folder))
        bot = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        await slack.until(lambda: slack.socket.connections, 120)
        assert bot.stdin is not None
        bot.stdin.write(b"\n")
        started = time.perf_counter()
        asked = [
            slack.people.post("it crashed", {"log.txt": LOG + str(number).encode()}, who, channels[number % _CHANNELS])
            for number, who in enumerate(people)
        ]
        threads = [each["ts"] for each in await asyncio.gather(*asked)]
        await slack.until(lambda: all(each.seconds is not None for each in slack.socket.envelopes.values()), 120)
        acknowledged = sorted(each.seconds or 0 for each in slack.socket.envelopes.values())

        def answered() -> list[str]:
            return [each["thread_ts"] for each in slack.world.visible() if FOUND in flat(each)]

        await slack.until(lambda: len(answered()) >= count, 600)
        ended = time.perf_counter() - started
        told, _ = await bot.communicate(b"\n")
    seen = Counter(answered())
    limited = sum(1 for method, _ in slack.world.requests if method == "chat.postMessage") - len(slack.world.visible())
    print(f"{count} uploads, {sum(seen[each] == 1 for each in threads)} answered once, in {ended:.1f} s")
    middle, high = acknowledged[len(acknowledged) // 2], acknowledged[-1]
    print(f"{len(acknowledged)} events acknowledged: median {middle * 1e3:.0f} ms, slowest {high * 1e3:.0f} ms")
    print(f"messages in all {len(slack.world.visible())}, posts refused or repeated {limited}")
    print(f"complaints {slack.complaints()}")
    print(told.decode().strip())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bot"]:
        point(sys.argv[2])
        asyncio.run(serve(settings(Path(sys.argv[3]), workers=2)))
    else:
        with tempfile.TemporaryDirectory() as home:
            asyncio.run(main(Path(home), int(sys.argv[1]) if len(sys.argv) > 1 else 200))
