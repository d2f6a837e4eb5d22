"""Many uploads at once, over Discord's rate limits; more of them: `benchmarks.discord_burst`."""

import asyncio
from pathlib import Path

from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.world import user
from tests.bot.discord.live import connected
from tests.bot.live import FOUND, LOG

_UPLOADS = 14


@run_async
async def test_each_of_many_in_one_channel_is_answered_once_within_the_rate_limits(tmp_path: Path) -> None:
    async with FakeDiscord() as discord:
        discord.buckets.seconds = 0.5
        people = [user(f"10000000000001{each:04}", f"person-{each}") for each in range(_UPLOADS)]
        async with connected(discord, tmp_path, workers=2) as live:
            asked = await asyncio.gather(
                *(
                    discord.people.post("", {"log.txt": LOG + str(number).encode()}, who)
                    for number, who in enumerate(people)
                )
            )
            await live.cases(_UPLOADS)
        answers = discord.world.visible()
        assert sorted(each["message_reference"]["message_id"] for each in answers) == sorted(
            each["id"] for each in asked
        )
        assert all(FOUND in text_of(each) for each in answers)
        # what the headers tell is heeded; before they are known, one request may run into the limit
        assert discord.buckets.refused <= 1
