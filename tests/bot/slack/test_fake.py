"""The fake Slack does to the unchanged slack_bolt and slack_sdk what Slack does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.asynchronous import run_async
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import text_of
from tests.bot.slack.fake.point import point
from tests.bot.slack.fake.world import APP_TOKEN, BOT_TOKEN, CHANNEL, Json, rate_limited

FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "files",
            "label": {"type": "plain_text", "text": "Files"},
            "element": {"type": "file_input", "action_id": "files", "max_files": 10},
        }
    ],
}
PRESSED: Json = {"type": "button", "action_id": "lt:fixed:K7Q2MX", "text": {"type": "plain_text", "text": "Fixed"}}


@asynccontextmanager
async def bolt(slack: FakeSlack) -> AsyncIterator[AsyncApp]:
    """A connected app that does nothing yet."""
    point(slack.base)
    app = AsyncApp(token=BOT_TOKEN)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await slack.until(lambda: slack.socket.connections)
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@run_async
async def test_events_are_delivered_until_acknowledged_and_lost_while_nobody_is_connected() -> None:
    async with FakeSlack() as slack:
        slack.socket.retry_after = (0.05, 0.05)
        await slack.people.post("lost")
        assert not slack.socket.envelopes
        async with bolt(slack) as app:
            seen: list[tuple[str, list[str] | None]] = []

            @app.event("message")
            async def posted(event: Json, request: Any) -> None:
                seen.append((event["text"], request.headers.get("x-slack-retry-num")))

            slack.socket.deaf = True
            await slack.people.post("a & <b> https://example.org marta@example.org")
            await slack.until(lambda: len(seen) == 3)
            assert {text for text, _ in seen} == {
                "a &amp; &lt;b&gt; <https://example.org> <mailto:marta@example.org|marta@example.org>"
            }
            assert [each for _, each in seen][1:] == [["1"], ["2"]]
            slack.socket.deaf = False
            await slack.people.post("once")
            await slack.until(
                lambda: all(each.seconds is not None for each in list(slack.socket.envelopes.values())[1:])
            )
            assert len(seen) == 4
            assert slack.socket.late() == []


@run_async
async def test_a_connection_that_is_to_be_renewed_or_breaks_is_made_anew() -> None:
    async with FakeSlack() as slack, bolt(slack):
        await slack.socket.disconnect()
        await slack.until(lambda: slack.socket.connected == 2)
        await slack.socket.drop()
        await slack.until(lambda: slack.socket.connected == 3)


@run_async
async def test_a_form_opens_while_its_trigger_holds_and_its_files_are_for_who_may_read_them() -> None:
    async with FakeSlack() as slack, bolt(slack) as app:
        links: list[str] = []

        @app.command("/form")
        async def command(ack: Any, client: AsyncWebClient, command: Json) -> None:
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)
            with pytest.raises(SlackApiError, match="expired_trigger_id"):
                await client.views_open(trigger_id=command["trigger_id"], view=FORM)

        @app.view("form")
        async def filled_in(ack: Any, view: Json) -> None:
            links.extend(each["url_private_download"] for each in view["state"]["values"]["files"]["files"]["files"])
            await ack(response_action="errors", errors={"files": "One more, please"})

        call = await slack.people.command("form")
        view = await slack.answered(call)
        sent = await slack.people.fill_in(view, files={"log.txt": b"Loss 1"})
        assert (await slack.answered(sent))["errors"] == {"files": "One more, please"}
        async with aiohttp.ClientSession() as session:
            for headers, body in (({"Authorization": f"Bearer {BOT_TOKEN}"}, b"Loss 1"), ({}, b"<!DOCTYPE html>")):
                async with session.get(links[0], headers=headers) as response:
                    assert response.status == 200
                    assert (await response.read()).startswith(body)
        assert slack.world.unknown == []


@run_async
async def test_a_press_is_answered_by_its_address() -> None:
    async with FakeSlack() as slack, bolt(slack) as app:

        @app.action("lt:fixed:K7Q2MX")
        async def pressed(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="thanks", replace_original=False)
            await respond(text="fixed", blocks=[], replace_original=True)

        blocks = [{"type": "actions", "elements": [PRESSED]}]
        made = await app.client.chat_postMessage(channel=CHANNEL, text="an answer", blocks=blocks)
        (message,) = slack.world.visible()
        assert message["ts"] == made["ts"]
        thanks = await slack.answered(await slack.people.press(message, PRESSED["action_id"]))
        assert thanks["ephemeral"]
        await slack.until(lambda: text_of(message) == "fixed")


@run_async
async def test_messages_keep_their_metadata_and_files_go_up_in_three_steps() -> None:
    async with FakeSlack() as slack:
        point(slack.base)
        client = AsyncWebClient(token=BOT_TOKEN)
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler())
        slack.world.faults.append(rate_limited("chat.postMessage", seconds=0))
        metadata = {"event_type": "case", "event_payload": {"nonce": "n"}}
        asked = await slack.people.post("help")
        made = await client.chat_postMessage(
            channel=CHANNEL, text="an answer", thread_ts=asked["ts"], metadata=metadata
        )
        assert asked["reply_count"] == 1
        for with_it in (True, False):
            replies = await client.conversations_replies(
                channel=CHANNEL, ts=asked["ts"], include_all_metadata=with_it, limit=10
            )
            assert ("metadata" in replies["messages"][1]) is with_it
        history = await client.conversations_history(channel=CHANNEL)
        assert [each["ts"] for each in history["messages"]] == [asked["ts"]]
        await client.files_upload_v2(filename="a.diff", content="+rank: 16", channel=CHANNEL, thread_ts=str(made["ts"]))
        (share,) = slack.world.shares()
        info = await client.files_info(file=share["files"][0]["id"])
        assert info["file"]["size"] == len("+rank: 16")
        assert len(slack.world.visible()) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [{"type": "image", "slack_file": {"id": "F012345678"}, "alt_text": "a"}]}, "invalid_blocks"),
        ({"text": "x", "channel": "C0NOWHERE"}, "channel_not_found"),
        ({"text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ],
)
@run_async
async def test_what_slack_does_not_take_is_refused(body: Json, error: str) -> None:
    async with FakeSlack() as slack:
        point(slack.base)
        with pytest.raises(SlackApiError, match=error):
            await AsyncWebClient(token=BOT_TOKEN).chat_postMessage(**{"channel": CHANNEL, "text": "x", **body})
        assert slack.world.visible() == []


@run_async
async def test_missing_rights_are_told_by_name() -> None:
    async with FakeSlack() as slack:
        point(slack.base)
        slack.world.scopes.discard("files:read")
        file = slack.files.put("log.txt", b"x", "U0MARTA")
        with pytest.raises(SlackApiError, match="missing_scope"):
            await AsyncWebClient(token=BOT_TOKEN).files_info(file=file["id"])
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await AsyncWebClient(token="xoxb-other").auth_test()
        await asyncio.sleep(0)
