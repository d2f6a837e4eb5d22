"""The weekly digest, end to end: posted in its channel, found again there, asked for with /digest now."""

import time
from pathlib import Path

from bot.cases.model import Place
from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.digest.week import digest
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import MARTA, OLEG, text_of
from tests.bot.discord.fake.world import CHANNEL, EPHEMERAL, GUILD
from tests.bot.discord.live import Live, connected
from tests.bot.live import LOG, week_missed

HERE = ServerSettings(channels=(CHANNEL,), answer_in="reply", digest_channel=CHANNEL, digest_hour=0)


async def asked(live: Live) -> None:
    await live.discord.people.post("it crashed", {"log.txt": LOG})
    await live.answer()
    await live.settled()


@run_async
async def test_the_week_that_is_due_is_posted_late_once_and_known_again(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path, HERE) as live:
        await week_missed(live.desk)
        started = time.time()
        for _ in range(2):
            await live.desk.digests.post_due()
        (posted,) = discord.world.visible()
        assert "Late: this was due" in text_of(posted)
        assert "No cases this week." in text_of(posted)
        chat, place = live.desk._adapters["discord"], Place("discord", GUILD, CHANNEL)
        for week in ("2020-W01", "2020-W02"):
            sent = await chat.send_digest(digest(week=week), place, f"nonce-{week}")
            assert await chat.find_digest(digest(week=week), place, f"nonce-{week}", started) == sent
        assert await chat.find_digest(digest(week="2020-W03"), place, "nonce", started) is None
        assert await chat.find_digest(digest(), Place("discord", GUILD, "999"), "nonce", started) is None
    assert discord.world.unknown == []


@run_async
async def test_a_moderator_gets_it_now_in_its_channel(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path, HERE) as live:
        discord.people.moderators.add(MARTA["id"])
        await asked(live)
        said = await discord.answered(await discord.people.command("digest now"))
        await discord.until(lambda: "The digest stands in its channel." in text_of(said))
        assert said["flags"] & EPHEMERAL
        posted = await live.answer(1, holds="1 case")
        assert "The last seven days, today included" in text_of(posted)
        assert [each["filename"] for each in posted["attachments"]] == ["digest.png"]
        refused = await discord.answered(await discord.people.command("digest now", OLEG))
        await discord.until(lambda: "Only a moderator" in text_of(refused))
    assert discord.world.unknown == []


@run_async
async def test_without_a_channel_it_is_shown_to_the_moderator_alone_and_with_a_lost_one_that_is_said(
    tmp_path: Path,
) -> None:
    here = ServerSettings(channels=(CHANNEL,), answer_in="reply")
    async with FakeDiscord() as discord, connected(discord, tmp_path, here) as live:
        discord.people.moderators.add(MARTA["id"])
        await asked(live)
        shown = await discord.answered(await discord.people.command("digest now"))
        await discord.until(lambda: "No channel is set for the digest" in text_of(shown))
        assert "1 case" in text_of(shown)
        assert shown["flags"] & EPHEMERAL
        await live.desk.servers.put("discord", GUILD, ServerSettings(digest_channel="999"))
        told = await discord.answered(await discord.people.command("digest now"))
        await discord.until(lambda: "I can't write in the channel of the digest" in text_of(told))
        assert len(discord.world.visible()) == 1
    assert discord.world.unknown == []
