"""The weekly digest, end to end: posted in its channel, found again there, asked for with /digest now."""

import time
from pathlib import Path

from bot.cases.model import Place
from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.digest.week import digest
from tests.bot.live import LOG, week_missed
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.world import CHANNEL, TEAM
from tests.bot.slack.live import Live, connected

HERE = ServerSettings(channels=(CHANNEL,), answer_in="reply", digest_channel=CHANNEL, digest_hour=0)


async def asked(live: Live) -> None:
    await live.slack.people.post("it crashed", {"log.txt": LOG})
    await live.answer()
    await live.settled()


@run_async
async def test_the_week_that_is_due_is_posted_late_once_and_known_again(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, HERE) as live:
        await week_missed(live.desk)
        started = time.time()
        for _ in range(2):
            await live.desk.digests.post_due()
        (posted,) = slack.world.visible()
        assert "Late: this was due" in flat(posted)
        assert "No cases this week." in flat(posted)
        chat, place = live.desk._adapters["slack"], Place("slack", TEAM, CHANNEL)
        for week in ("2020-W01", "2020-W02"):
            sent = await chat.send_digest(digest(week=week), place, f"nonce-{week}")
            assert await chat.find_digest(digest(week=week), place, f"nonce-{week}", started) == sent
        assert await chat.find_digest(digest(week="2020-W03"), place, "nonce", started) is None
        assert await chat.find_digest(digest(), Place("slack", TEAM, "999"), "nonce", started) is None
    assert slack.complaints() == []


@run_async
async def test_a_moderator_gets_it_now_in_its_channel(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, HERE) as live:
        slack.people.marta["is_admin"] = True
        await asked(live)
        said = await slack.answered(await slack.people.command("digest", "now"))
        assert "The digest stands in its channel." in flat(said)
        posted = await live.answer(1, holds="1 case")
        assert "The last seven days, today included" in flat(posted)
        assert [block["type"] for block in posted["blocks"]].count("image") == 1
        refused = await slack.answered(await slack.people.command("digest", "now", slack.people.oleg))
        assert "Only a moderator" in flat(refused)
    assert slack.complaints() == []


@run_async
async def test_without_a_channel_it_is_shown_to_the_moderator_alone_and_with_a_lost_one_that_is_said(
    tmp_path: Path,
) -> None:
    here = ServerSettings(channels=(CHANNEL,), answer_in="reply")
    async with FakeSlack() as slack, connected(slack, tmp_path, here) as live:
        slack.people.marta["is_admin"] = True
        await asked(live)
        shown = await slack.answered(await slack.people.command("digest", "now"))
        assert "No channel is set for the digest" in flat(shown)
        assert "1 case" in flat(shown)
        await live.desk.servers.put("slack", TEAM, ServerSettings(digest_channel="999"))
        told = await slack.answered(await slack.people.command("digest", "now"))
        assert "I can't write in the channel of the digest" in flat(told)
        assert len(slack.world.visible()) == 1
    assert slack.complaints() == []
