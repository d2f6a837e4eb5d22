"""What goes wrong between us and Slack: broken connections, lost events, refused and lost requests, bad tokens."""

import asyncio
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.settings import SettingsError
from bot.slack import adapter
from tests.bot.asynchronous import run_async
from tests.bot.live import FOUND, LOG
from tests.bot.slack.fake import FakeSlack, Fault
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.point import point
from tests.bot.slack.fake.world import CHANNEL, rate_limited
from tests.bot.slack.live import connected, settings
from tests.conftest import ROOT


@run_async
async def test_an_event_whose_acknowledgement_got_lost_is_taken_in_once(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.socket.retry_after = (0.2, 0.2, 0.2)
        slack.socket.deaf = True
        await slack.people.post("", {"log.txt": LOG})
        await slack.until(lambda: all(each.attempts == 4 for each in slack.socket.envelopes.values()))
        slack.socket.deaf = False
        await live.answer()
        await live.settled()
        assert (await live.desk.lookup.statistics()).cases == 1
        assert len(slack.world.visible()) == 1


@run_async
async def test_a_connection_that_is_to_be_renewed_loses_nothing(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        await slack.socket.disconnect()
        await slack.people.post("", {"log.txt": LOG})
        await slack.until(lambda: slack.socket.connected == 2)
        await slack.people.post("", {"log.txt": LOG + b"\n"}, slack.people.oleg)
        await live.cases(2)
        assert len(slack.world.visible()) == 2


@run_async
async def test_what_was_posted_over_a_broken_connection_is_made_up_for_from_the_history(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        talk = await slack.people.post("a thread about something else")
        await slack.people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        third = slack.world.add_person("U0THIRD", "third")
        missed = [
            await slack.people.post("", {"log.txt": LOG}, slack.people.oleg, quietly=True),
            await slack.people.post("", {"log.txt": LOG}, third, thread=talk["ts"], quietly=True),
        ]
        await slack.socket.drop()
        await slack.until(lambda: slack.socket.connected == 2)
        await live.cases(3)
        answered = {each["thread_ts"] for each in slack.world.visible()[1:]}
        assert answered == {missed[0]["ts"], talk["ts"]}


@run_async
async def test_what_was_posted_while_the_bot_was_off_is_answered_and_what_was_before_it_came_is_not(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as slack:
        await slack.people.post("", {"log.txt": LOG}, quietly=True)
        async with connected(slack, tmp_path) as live:
            await slack.people.post("", {"log.txt": LOG}, slack.people.oleg)
            await live.answer()
            await live.settled()
        third = slack.world.add_person("U0THIRD", "third")
        missed = await slack.people.post("", {"log.txt": LOG}, third, quietly=True)
        async with connected(slack, tmp_path) as live:
            assert (await live.answer(1))["thread_ts"] == missed["ts"]
            await live.settled()
        assert len(slack.world.visible()) == 2


@pytest.mark.parametrize("method", ["chat.postMessage", "files.info", "conversations.replies"])
@run_async
async def test_a_rate_limit_and_an_outage_delay_the_one_answer(tmp_path: Path, method: str) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.world.faults += [rate_limited(method), Fault(method, 503, body={})]
        await slack.people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        assert len(slack.world.visible()) == 1


@run_async
async def test_an_answer_whose_posting_was_not_confirmed_is_not_posted_again(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.world.faults.append(Fault("chat.postMessage", 503, after=True, body={}))
        await slack.people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        assert len(slack.world.visible()) == 1


@run_async
async def test_a_picture_that_is_not_processed_yet_costs_no_answer(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.world.processing = 1
        folder = ROOT / "examples" / "plastic-skin"
        await slack.people.post("skin like plastic", {each.name: each.read_bytes() for each in folder.iterdir()})
        answer = await live.answer(holds="lastic")
        await live.settled()
        (picture,) = [block for block in answer["blocks"] if block["type"] == "image"]
        assert slack.world.blobs[picture["slack_file"]["id"]].startswith(b"\x89PNG")
        assert slack.world.processing == 0
        assert len(slack.world.visible()) == 1


@pytest.mark.parametrize("way", ["page", "redirect"])
@run_async
async def test_a_file_that_may_not_be_read_is_told_from_a_file(tmp_path: Path, way: str) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.world.sign_in = way
        slack.world.scopes.discard("files:read")
        await slack.people.post("<@U0TRIAGE> it crashed", {"log.txt": LOG})
        answer = await live.answer(holds="log.txt")
        assert "Sign in" not in flat(answer)
        assert FOUND not in flat(answer)


@run_async
async def test_a_page_that_somebody_uploads_is_a_file(tmp_path: Path) -> None:
    page = b"<!DOCTYPE html><html><body><pre>" + LOG + b"</pre></body></html>"
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        await slack.people.post("<@U0TRIAGE> it crashed", {"log.html": page})
        await live.answer()


@run_async
async def test_files_that_were_deleted_meanwhile_are_told(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        asked = await slack.people.post("<@U0TRIAGE> it crashed", {"log.txt": LOG}, quietly=True)
        slack.world.blobs.clear()
        slack.world.files.clear()
        await slack.people.repeat(asked)
        await live.answer(holds="could no longer get")
        assert "log.txt" in flat(slack.world.visible()[0])


@run_async
async def test_a_log_is_streamed_and_cut_at_the_limit(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, file_mib=1) as live:
        await slack.people.post("it crashed", {"log.txt": LOG, "large.log": LOG * 400})
        answer = await live.answer(holds=FOUND)
        assert "larger than I may read (1 MB)" in flat(answer)


@run_async
async def test_where_nobody_can_be_told_any_more_the_case_is_let_be(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.world.faults.append(Fault("chat.postMessage", body={"ok": False, "error": "is_archived"}, times=9))
        await slack.people.post("", {"log.txt": LOG})
        await slack.until(lambda: [1 for method, _ in slack.world.requests if method == "chat.postMessage"])
        await live.settled()
        slack.world.joined.discard(CHANNEL)
        assert slack.world.visible() == []


@pytest.mark.parametrize("wrong", ["slack_bot_token", "slack_app_token"])
@run_async
async def test_a_bad_token_is_told_in_one_sentence(tmp_path: Path, wrong: str) -> None:
    async with FakeSlack() as slack:
        point(slack.base)
        token = "xoxb-1-wrong" if wrong == "slack_bot_token" else "xapp-1-A0-1-wrong"
        values = settings(tmp_path, **{wrong: token})
        chat = adapter(values)
        async with Desk(values, [chat]).opened() as desk:
            with pytest.raises(SettingsError, match=f"LORA_TRIAGE_{wrong.upper()}") as raised:
                await chat.run(desk)
            assert "\n" not in str(raised.value)
            assert token not in str(raised.value)


@run_async
async def test_the_token_goes_to_slack_alone(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1 << 16))
        writer.close()

    stranger = await asyncio.start_server(hear, "127.0.0.2", 0)
    link = f"http://127.0.0.2:{stranger.sockets[0].getsockname()[1]}/log.txt"
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        await slack.people.post("<@U0TRIAGE> it crashed", {"log.txt": LOG}, external=link)
        await live.answer(holds="log.txt")
    stranger.close()
    assert heard == []
