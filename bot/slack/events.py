"""What happens in the channels, handed to the desk: messages, edits, deletions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError

from bot.cases.model import Submission
from bot.chat.doing import Said
from bot.chat.hearing import hear
from bot.chat.shown import Shown
from bot.desk import Desk
from bot.logs import get_log
from bot.slack import render
from bot.slack.api import Api
from bot.slack.errors import is_gone, reason
from bot.slack.files import Files
from bot.slack.history import message_at
from bot.slack.messages import Json, Message, key, number, read
from bot.slack.submissions import PLATFORM, from_message
from bot.wire.links import Links
from bot.wire.once import Once
from bot.wire.seen import Seen

_log = get_log(__name__)
_AGAIN = "x-slack-retry-num"
_LATER_SECONDS = 5.0
"""After this, a file of which no message told is looked up: most often its message is just a moment behind."""
_SAID = "lora_triage.said"


class Events:
    """Each event is taken in before it is acknowledged, and once, however often Slack delivers it."""

    def __init__(self, api: Api, desk: Desk, files: Files, links: Links, seen: Seen) -> None:
        self._api = api
        self._desk = desk
        self._files = files
        self._links = links
        self._seen = seen
        self._once = Once()

    async def take_in(
        self, request: AsyncBoltRequest, context: AsyncBoltContext, next: Callable[[], Awaitable[Any]]
    ) -> None:
        """Put what an event tells on disk. What raises here is not acknowledged, so Slack tells it again."""
        repeated = request.headers.get(_AGAIN, ["0"])[0] != "0"
        context[_SAID] = await self._taken(request.body["event"], str(request.body.get("event_id") or ""), repeated)
        await next()

    async def answer(self, event: Json, context: AsyncBoltContext) -> None:
        """Say what is to be said to a message besides the answer to its case; it is acknowledged by now."""
        said: Shown | Said | None = context.get(_SAID)
        if said is None:
            return
        channel, thread = str(event["channel"]), str(event.get("thread_ts") or event["ts"])
        try:
            if isinstance(said, Said):
                drawn = render.sentence(said.text, self._desk.knowledge)
                await self._api.client.chat_postEphemeral(
                    channel=channel,
                    user=str(event["user"]),
                    text=drawn.text,
                    blocks=list(drawn.blocks),
                    thread_ts=thread,
                )
            else:
                drawn = render.shown(said, self._desk.knowledge)
                await self._api.client.chat_postMessage(
                    channel=channel, text=drawn.text, blocks=list(drawn.blocks), thread_ts=thread
                )
        except SlackApiError as error:
            _log.warning("a message could not be answered", reason=reason(error))

    async def posted(self, event: Json, channel: str, told: str = "", repeated: bool = True) -> Shown | Said | None:
        """A message was posted, now or while we were away."""
        message = read(event, channel, self._api.me, str(event.get("channel_type") or ""))
        if message is None:
            return None
        return await self._once.do(message.key, lambda: self._posted(message, told, repeated))

    async def edited(self, event: Json, channel: str) -> None:
        """A message was edited, now or while we were away."""
        message = read(event, channel, self._api.me, str(event.get("channel_type") or ""))
        if message is not None:
            await self._desk.edit(await self._submission(message))

    async def shared(self, event: Json) -> None:
        """A file was shared. Its message tells more; it is looked up only where no message told of it."""
        file = str(event.get("file_id") or "")
        await asyncio.sleep(_LATER_SECONDS)
        if not file or self._links.get(file):
            return
        shares = (await self._files.info(file)).get("shares") or {}
        for channel, listed in [each for kind in shares.values() for each in kind.items()]:
            for share in listed:
                found = await message_at(self._api, channel, str(share["ts"]))
                if found is not None:
                    await self.posted(found, channel)

    async def _taken(self, event: Json, told: str, repeated: bool) -> Shown | Said | None:
        channel = str(event["channel"])
        subtype = event.get("subtype")
        if subtype == "message_deleted":
            await self._deleted(channel, str(event["deleted_ts"]))
        elif subtype == "message_changed":
            now, before = event["message"], event.get("previous_message") or {}
            if now.get("subtype") == "tombstone":
                await self._deleted(channel, str(now["ts"]))
            elif _content(now) != _content(before):
                # Slack also tells so where it shows the preview of a link, say
                await self.edited({"channel_type": event.get("channel_type"), **now}, channel)
        else:
            return await self.posted(event, channel, told, repeated)
        return None

    async def _deleted(self, channel: str, ts: str) -> None:
        await self._desk.withdraw(PLATFORM, [key(channel, ts)])

    async def _posted(self, message: Message, told: str, repeated: bool) -> Shown | Said | None:
        with self._seen.handling(self._api.team, number(message.ts)):
            submission = await self._submission(message, told)
            return await hear(self._desk, submission, lambda: self._pointed_at(message), repeated)

    async def _submission(self, message: Message, told: str = "") -> Submission:
        whole = replace(message, files=await self._files.told(message.files))
        return from_message(whole, self._api.team, self._api.me, self._links, told)

    async def _pointed_at(self, message: Message) -> Submission | None:
        """Who calls us in a thread, and says nothing else, wants that diagnosed which the thread is below."""
        if message.thread == message.ts:
            return None
        try:
            found = await message_at(self._api, message.channel, message.thread)
        except SlackApiError as error:
            if not is_gone(error):
                raise
            return None
        target = read(found, message.channel, self._api.me) if found else None
        if target is None:
            return None
        return await self._submission(target)


def _content(message: Json) -> tuple[str, tuple[str, ...]]:
    files = tuple(str(file.get("id")) for file in message.get("files") or () if file.get("mode") != "tombstone")
    return str(message.get("text") or ""), files
