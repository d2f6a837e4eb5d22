"""One process listens to Slack, on several connections, and another one answers."""

from pathlib import Path

from pydantic import SecretStr

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.slack import adapter
from tests.bot import live
from tests.bot.asynchronous import run_async
from tests.bot.live import FOUND, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.point import point
from tests.bot.slack.fake.world import CHANNEL, TEAM
from tests.bot.slack.live import Live, settings
from tests.postgres import migrated_database


@run_async
async def test_a_worker_answers_what_a_gateway_heard_on_three_connections(tmp_path: Path) -> None:
    shared = {"database": migrated_database(), "secret": SecretStr("0123456789abcdef")}
    async with FakeSlack() as slack:
        point(slack.base)
        hears = settings(tmp_path / "gateway", role="gateway", slack_connections=3, **shared)
        works = settings(tmp_path / "worker", role="worker", **shared)
        listening, answering = adapter(hears), adapter(works)
        async with Desk(hears, [listening]).opened() as gateway, Desk(works, [answering]).opened() as worker:
            await gateway.servers.put("slack", TEAM, ServerSettings(channels=(CHANNEL,)))
            async with (
                live.running(listening, gateway, lambda: slack.socket.connected),
                live.answering(answering, worker),
            ):
                await slack.until(lambda: slack.socket.connected >= 3)
                await slack.people.post("", {"log.txt": LOG})
                here = Live(gateway, slack)
                answer = await here.answer()
                await here.settled()
            assert FOUND in flat(answer)
            assert slack.socket.connected == 3, "who only answers does not listen"
            assert sum(worker.answered.values()) == 1
