"""What goes wrong between us and Discord: broken connections, lost sessions, refused and lost requests, bad tokens."""

from pathlib import Path

import pytest

from bot.desk import Desk
from bot.discord import adapter
from bot.settings import Settings, SettingsError
from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord, Fault
from tests.bot.discord.fake.people import OLEG, text_of
from tests.bot.discord.fake.point import point
from tests.bot.discord.live import connected, settings
from tests.bot.live import FOUND, LOG


@run_async
async def test_a_connection_that_breaks_is_resumed_and_nothing_is_missed(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        discord.gateway.deaf = True
        await discord.people.post("", {"log.txt": LOG})
        await discord.gateway.drop()
        await live.answer()
        assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)


@run_async
async def test_a_session_that_is_lost_is_made_up_for_from_the_history(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        await discord.people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        discord.gateway.deaf = discord.gateway.forgets_sessions = True
        thread = discord.world.add_thread(discord.world.snowflake(), "200000000000000001", "a thread")["id"]
        missed = [
            await discord.people.post("", {"log.txt": LOG}, OLEG),
            await discord.people.post("", {"log.txt": LOG}, {**OLEG, "id": "13"}, thread),
        ]
        await discord.gateway.drop()
        for number in (1, 2):
            await live.answer(number)
        assert discord.gateway.identified == 2
        answered = {each["message_reference"]["message_id"] for each in discord.world.visible()[1:]}
        assert answered == {each["id"] for each in missed}
        await live.settled()
        assert (await live.desk.lookup.statistics()).cases == 3


@run_async
async def test_what_was_posted_while_the_bot_was_off_is_answered_and_what_was_before_it_came_is_not(
    tmp_path: Path,
) -> None:
    async with FakeDiscord() as discord:
        await discord.people.post("", {"log.txt": LOG}, quietly=True)
        async with connected(discord, tmp_path) as live:
            await discord.people.post("", {"log.txt": LOG}, OLEG)
            await live.answer()
            await live.settled()
        missed = await discord.people.post("", {"log.txt": LOG}, {**OLEG, "id": "13"}, quietly=True)
        async with connected(discord, tmp_path) as live:
            assert (await live.answer(1))["message_reference"]["message_id"] == missed["id"]
            await live.settled()
        assert len(discord.world.visible()) == 2


@pytest.mark.parametrize("path", ["/channels/[0-9]+/messages$", "/threads$", "/messages/@original$"])
@run_async
async def test_a_rate_limit_and_an_outage_delay_the_one_answer(tmp_path: Path, path: str) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        method = "PATCH" if "original" in path else "POST"
        limited = {"retry_after": 0.05, "global": False, "message": "You are being rate limited."}
        discord.world.faults += [Fault(method, path, 429, body=limited), Fault(method, path, 502)]
        if "original" in path:
            await discord.people.command("diagnose", files={"log.txt": LOG})
        else:
            await discord.people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        assert len(discord.world.visible()) == 1


@run_async
async def test_an_answer_whose_posting_was_not_confirmed_is_not_posted_again(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        discord.world.faults.append(Fault("POST", "/channels/[0-9]+/messages$", 502, after=True))
        await discord.people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        assert len(discord.world.visible()) == 1


@run_async
async def test_links_that_ran_out_are_asked_for_anew_and_where_that_fails_the_answer_says_so(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        old = await discord.people.post("", {"log.txt": LOG}, OLEG, quietly=True)
        shown = discord.rest.shown(old)
        discord.world.epoch += 1
        await discord.gateway.emit("MESSAGE_CREATE", shown)
        await live.answer()
        discord.world.faults.append(Fault("GET", "/never", 404))
        call = await discord.people.command("diagnose", files={"run.log": LOG + b"\n"})
        discord.world.blobs.clear()
        await live.answer(1, "could no longer get")
        assert "run.log" in text_of(await discord.answered(call))


@run_async
async def test_a_bad_token_and_a_missing_intent_are_told_in_one_sentence(tmp_path: Path) -> None:
    async with FakeDiscord() as discord:
        point(discord.base)
        for token, content, said in (("a.b.c", True, "Reset Token"), (None, False, "Message Content Intent")):
            discord.world.content_intent = content
            more = {"discord_token": token} if token else {}
            values: Settings = settings(tmp_path, **more)
            chat = adapter(values)
            async with Desk(values, [chat]).opened() as desk:
                with pytest.raises(SettingsError, match=said) as raised:
                    await chat.run(desk)
                assert "\n" not in str(raised.value)


@run_async
async def test_a_log_is_streamed_and_cut_at_the_limit(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path, file_mib=1) as live:
        await discord.people.post("it crashed", {"log.txt": LOG, "large.log": LOG * 400})
        answer = await live.answer(holds=FOUND)
        assert "larger than I may read (1 MB)" in text_of(answer)
