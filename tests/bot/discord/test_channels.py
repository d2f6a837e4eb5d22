"""Messages in channels, end to end: what is posted, changed and deleted, and what the bot says to it."""

from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import OLEG, text_of
from tests.bot.discord.fake.world import APP, CHANNEL
from tests.bot.discord.live import connected
from tests.bot.live import CONFIG, LOG


@run_async
async def test_an_upload_is_answered_once_and_edits_files_and_deletion_change_that_answer(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        asked = await discord.people.post("it crashed", {"log.txt": LOG})
        answer = await live.answer()
        assert answer["message_reference"]["message_id"] == asked["id"]
        assert answer["allowed_mentions"] == {"parse": [], "replied_user": False}
        case = await live.case()
        assert f"Case {case}" in text_of(answer)
        await live.settled()

        await discord.people.post("and the config", {"config.yaml": CONFIG}, reply_to=answer["id"])
        await live.answer(holds="Corrected config")
        assert [each["filename"] for each in answer["attachments"]] == ["corrected-config.diff"]
        await live.settled()

        await discord.people.edit(asked, "it crashed at step 3")
        await live.shown(3)
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert len(view.files) == 2
        assert len(discord.world.visible()) == 1

        await discord.people.delete(asked)
        await live.shown(4)
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert [file.name for file in view.files] == ["config.yaml"]
    assert discord.world.unknown == []


@run_async
async def test_below_the_message_a_thread_is_opened_and_what_is_said_there_belongs_to_the_case(tmp_path: Path) -> None:
    set_here = ServerSettings(channels=(CHANNEL,), answer_in="thread")
    async with FakeDiscord() as discord, connected(discord, tmp_path, set_here) as live:
        asked = await discord.people.post("", {"message.txt": LOG})
        answer = await live.answer()
        assert answer["channel_id"] == asked["id"]
        assert discord.world.channels[asked["id"]]["name"] == f"Case {await live.case()}"
        await live.settled()
        await discord.people.post("here", {"config.yaml": CONFIG}, channel=asked["id"])
        await live.answer(holds="Corrected config")
        assert len(discord.world.visible()) == 1


@run_async
async def test_without_leave_to_open_threads_it_replies_and_without_leave_to_write_it_lets_the_case_be(
    tmp_path: Path,
) -> None:
    set_here = ServerSettings(channels=(CHANNEL,), answer_in="thread")
    async with FakeDiscord() as discord, connected(discord, tmp_path, set_here) as live:
        discord.world.allowed &= ~(1 << 35)
        asked = await discord.people.post("", {"log.txt": LOG})
        assert (await live.answer())["message_reference"]["message_id"] == asked["id"]
        discord.world.allowed &= ~(1 << 11)
        await discord.people.post("", {"log.txt": LOG}, OLEG)
        await discord.until(lambda: len([1 for each in discord.world.requests if each[1].endswith("/messages")]) == 2)
        await live.settled()
        assert len(discord.world.visible()) == 1


@run_async
async def test_it_is_silent_about_everything_else(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        elsewhere = discord.world.add_channel("200000000000000002", "off-topic")["id"]
        await discord.gateway.emit("CHANNEL_CREATE", discord.world.channels[elsewhere])
        await discord.people.post("which config is best?")
        await discord.people.post("my dinner", {"recipe.txt": b"two eggs, a pinch of salt"})
        await discord.people.post("lunch", {"cat.png": b"\x89PNG\r\n\x1a\n"})
        await discord.people.post("", {"log.txt": LOG}, channel=elsewhere)
        await discord.people.post("", {"log.txt": LOG}, {**OLEG, "bot": True})
        last = await discord.people.post("", {"log.txt": LOG}, OLEG)
        answer = await live.answer()
        await live.settled()
        assert answer["message_reference"]["message_id"] == last["id"]
        assert discord.world.visible() == [answer]
        assert (await live.desk.lookup.statistics()).cases == 1


@run_async
async def test_called_by_name_it_answers_anywhere_also_about_the_message_that_is_answered(tmp_path: Path) -> None:
    quiet = ServerSettings(answer_in="reply")
    async with FakeDiscord() as discord, connected(discord, tmp_path, quiet) as live:
        await discord.people.post(f"<@{APP}>")
        await live.answer(0, "troubleshooting guide")
        silent = await discord.people.post("", {"log.txt": LOG}, OLEG)
        call = await discord.people.post(f"<@!{APP}>", reply_to=silent["id"])
        answer = await live.answer(1)
        assert answer["message_reference"]["message_id"] == silent["id"]
        view = await live.desk.lookup.case(await live.case(), "discord", call["author"]["id"])
        assert view is not None
        assert view.mine, "who called is the asker, whoever posted"
        await live.settled()
        await discord.people.post("thanks", who=OLEG, reply_to=answer["id"])
        await discord.people.post(f"<@{APP}> loss is nan since step 5", who=OLEG)
        await live.answer(2, "NaN")
        assert len(discord.world.visible()) == 3
