"""Many uploads at once, over Slack's rate limits and lost acknowledgements; more of them: `benchmarks.slack_burst`."""

import asyncio
from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.live import FOUND, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.live import connected

_UPLOADS = 30


@run_async
async def test_each_of_many_is_answered_once_however_often_slack_tells_it(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        channels = tuple(slack.world.add_channel(f"C0CROWD{each}", f"crowd-{each}")["id"] for each in range(3))
        people = [slack.world.add_person(f"U0CROWD{each}", f"person-{each}") for each in range(_UPLOADS)]
        slack.world.post_seconds = 0.05
        slack.socket.retry_after = (0.2, 0.5, 3.0)
        async with connected(slack, tmp_path, ServerSettings(channels=channels), workers=2) as live:
            asked = await asyncio.gather(
                *(
                    slack.people.post("it crashed", {"log.txt": LOG + str(number).encode()}, who, channels[number % 3])
                    for number, who in enumerate(people)
                )
            )
            await live.heard()
            await live.cases(_UPLOADS)
        answers = slack.world.visible()
        assert sorted(each["thread_ts"] for each in answers) == sorted(each["ts"] for each in asked)
        assert all(FOUND in flat(each) for each in answers)
        # how soon they are acknowledged says more of the machine than of the bot: the benchmark measures that
        assert slack.world.unknown == []
        assert slack.world.refused == []
