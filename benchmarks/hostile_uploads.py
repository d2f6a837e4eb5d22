"""Hostile uploads on a fake Discord: what each is told, and what its neighbours feel of it.

.venv/bin/python -m benchmarks.hostile_uploads
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
import zipfile
from pathlib import Path

from PIL import Image

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.discord import adapter
from tests.bot.diagnosis import hostile
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import FilesByName, text_of
from tests.bot.discord.fake.point import point
from tests.bot.discord.fake.world import CHANNEL, GUILD, user
from tests.bot.discord.live import settings
from tests.bot.live import LOG

_NEIGHBOURS = 20
_JOB_SECONDS = 20


def uploads() -> dict[str, FilesByName]:
    """Return each hostile upload by what it is."""
    packed, picture = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("log.txt", bytes(1 << 30))
    Image.new("1", (20_000, 10_000)).save(picture, "png")
    return {
        "a zip bomb, 1 GB in 1 MB": {"run.zip": packed.getvalue()},
        "one line of 500 MB": {"log.txt": b"x" * 500_000_000},
        "one line of 60 MB": {"log.txt": b"step 1 loss: 0.1 " * 3_500_000},
        "a picture of 200 megapixels": {"loss.png": picture.getvalue(), "log.txt": LOG},
        "a file that makes a worker hang": {"hang.txt": LOG},
    }


async def main(folder: Path) -> None:
    """Print the neighbours' times without and with the hostile uploads, and the answers to those."""
    for title, wave in (("alone", {}), ("with hostile uploads", uploads())):
        async with FakeDiscord() as discord:
            point(discord.base)
            values = settings(folder / title, workers=2, job_seconds=_JOB_SECONDS)
            chat = adapter(values)
            async with Desk(values, [chat], run=hostile.run).opened() as desk:
                await desk.servers.put("discord", GUILD, ServerSettings(channels=(CHANNEL,), answer_in="reply"))
                running = asyncio.create_task(chat.run(desk))
                await discord.ready()
                await _measure(discord, title, wave)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _measure(discord: FakeDiscord, title: str, wave: dict[str, FilesByName]) -> None:
    started = time.perf_counter()
    calls = {
        what: await discord.people.command("diagnose", user(f"10000000000002{number:04}", "hostile"), files=files)
        for number, (what, files) in enumerate(wave.items())
    }
    neighbours = set()
    for number in range(_NEIGHBOURS):
        who = user(f"10000000000003{number:04}", "neighbour")
        message = await discord.people.post("", {"log.txt": LOG + str(number).encode()}, who)
        neighbours.add(message["id"])
    times: dict[str, float] = {}

    def all_answered() -> bool:
        for what, call in calls.items():
            if call.original and "Case" in text_of(discord.world.messages[call.original]):
                times.setdefault(what, time.perf_counter() - started)
        for each in discord.world.visible():
            if (of := str((each.get("message_reference") or {}).get("message_id"))) in neighbours:
                times.setdefault(of, time.perf_counter() - started)
        return len(times) == len(calls) + len(neighbours)

    await discord.until(all_answered, 300)
    ordered = sorted(times[each] for each in neighbours)
    print(f"{title}: {len(ordered)} neighbours answered after {ordered[0]:.1f} to {ordered[-1]:.1f} s")
    for what, call in calls.items():
        said = " ".join(text_of(discord.world.messages[call.original or ""]).split())
        print(f"  {what}, after {times[what]:.1f} s: {said[:300]}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(main(Path(home)))
