"""Messages in channels, end to end: what is posted, changed and deleted, and what the bot says to it."""

from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.live import CONFIG, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.world import BOT_USER
from tests.bot.slack.live import connected


@run_async
async def test_an_upload_is_answered_once_in_its_thread_and_edits_files_and_deletion_change_that_answer(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        asked = await slack.people.post("it crashed", {"log.txt": LOG})
        answer = await live.answer()
        assert answer["thread_ts"] == asked["ts"]
        case = await live.case()
        assert case in flat(answer)
        await live.shown(1)

        await slack.people.unfurl(asked)
        await slack.people.post("and the config", {"config.yaml": CONFIG}, thread=asked["ts"])
        await live.answer(holds="Corrected config")
        await live.shown(2)
        (share,) = slack.world.shares()
        assert share["thread_ts"] == asked["ts"]
        assert [each["name"] for each in share["files"]] == ["corrected-config.diff"]
        assert b"batch_size" in slack.world.blobs[share["files"][0]["id"]]

        await slack.people.edit(asked, "it crashed at step 3")
        await live.shown(3)
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert len(view.files) == 2
        assert len(slack.world.visible()) == 1

        # what has replies leaves a tombstone
        await slack.people.delete(asked)
        await live.shown(4)
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert [file.name for file in view.files] == ["config.yaml"]
        await live.heard()
    assert slack.complaints() == []


@run_async
async def test_what_is_stored_is_what_was_shown(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        await slack.people.post("it crashed", {"log.txt": LOG, "config.yaml": CONFIG})
        answer = await live.answer()
        await live.settled()
        view = await live.desk.lookup.case(await live.case())
        assert view is not None
        assert view.report is not None
        first = view.report["findings"][0]
        assert first["title"] in flat(answer)
        for row in first["fixes"]:
            if row["status"] == "confirmed":
                assert row["solution"].replace("`", "") in flat(answer)
        assert [file.kind for file in view.files] == ["log", "config"]


@run_async
async def test_it_is_silent_about_everything_else(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        people = slack.people
        elsewhere = slack.world.add_channel("C0OFFTOPIC", "off-topic")["id"]
        await people.post("which config is best?")
        await people.post("my dinner", {"recipe.txt": b"two eggs, a pinch of salt"})
        await people.post("lunch", {"cat.png": b"\x89PNG\r\n\x1a\n"})
        await people.post("", {"log.txt": LOG}, channel=elsewhere)
        await people.post("", {"log.txt": LOG}, people.oleg, bot_id="B0OTHER", subtype="bot_message")
        await people.post("<!channel> and <!here> look", who=people.oleg)
        last = await people.post("", {"log.txt": LOG}, people.oleg)
        answer = await live.answer()
        await live.settled()
        await live.heard()
        assert answer["thread_ts"] == last["ts"]
        assert slack.world.visible() == [answer]
        assert [(each.user, each.what) for each in slack.world.shown] == []
        assert (await live.desk.lookup.statistics()).cases == 1


@run_async
async def test_files_of_which_only_the_id_is_told_and_events_told_twice_make_one_case(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        asked = await slack.people.post("it crashed", {"log.txt": LOG, "config.yaml": CONFIG}, bare=True)
        await slack.people.repeat(asked)
        await live.answer(holds="Corrected config")
        await slack.people.repeat(asked)
        await live.heard()
        await live.settled()
        view = await live.desk.lookup.case(await live.case())
        assert view is not None
        assert sorted(file.name for file in view.files) == ["config.yaml", "log.txt"]
        assert len(slack.world.visible()) == 1


@run_async
async def test_called_by_name_it_answers_once_anywhere_also_about_the_thread_where_it_is_called(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, ServerSettings()) as live:
        people = slack.people
        await people.post(f"<@{BOT_USER}>")
        await live.answer(0, "troubleshooting guide")
        silent = await people.post("", {"log.txt": LOG}, people.oleg)
        call = await people.post(f"<@{BOT_USER}>", thread=silent["ts"])
        answer = await live.answer(1)
        assert answer["thread_ts"] == silent["ts"]
        view = await live.desk.lookup.case(await live.case(), "slack", call["user"])
        assert view is not None
        assert view.mine, "who called is the asker, whoever posted"
        await live.settled()
        await people.post(f"<@{BOT_USER}> loss is nan since step 5", who=people.oleg)
        await live.answer(2, "NaN")
        await live.settled()
        await live.heard()
        assert len(slack.world.visible()) == 3


@run_async
async def test_in_direct_messages_it_always_answers(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, ServerSettings()) as live:
        direct = slack.world.add_direct("D0MARTA", slack.people.marta["id"])["id"]
        await slack.people.post("", {"log.txt": LOG}, channel=direct)
        answer = await live.answer()
        assert answer["channel"] == direct


@run_async
async def test_what_people_write_calls_nobody(tmp_path: Path) -> None:
    hostile = b"RuntimeError: <!channel> <!here> <@U0OLEG> <https://example.org|click> *bold*\n"
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        await slack.people.post("it crashed <!channel> @here", {"<!channel>.txt": LOG + hostile})
        answer = await live.answer()
        case = await live.case()
        await live.settled()
        details = await slack.answered(await slack.people.press(answer, f"lt:details:{case}"))
        for message in (answer, details):
            assert "<!" not in message.get("text", "")
            assert "<@" not in message.get("text", "")
            for block in message["blocks"]:
                for said in ("mrkdwn", "usergroup", "broadcast", '"type": "user"', '"type": "link"'):
                    assert said not in str(block)
