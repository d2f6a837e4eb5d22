"""What stands in channels and threads, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from bot.slack.api import Api
from bot.slack.messages import Json

_PAGE = 200


async def of_channel(api: Api, channel: str, oldest: str, most: int) -> AsyncIterator[Json]:
    """Yield up to `most` messages of a channel from `oldest` on, the newest first, without what is in threads."""
    asked = {"channel": channel, "oldest": oldest, "inclusive": True, "include_all_metadata": True}
    async for message in _pages(api.client.conversations_history, "messages", most, asked):
        yield message


async def of_thread(api: Api, channel: str, thread: str, oldest: str, most: int) -> AsyncIterator[Json]:
    """Yield up to `most` messages of a thread from `oldest` on, the oldest first; what it is below comes always."""
    asked = {"channel": channel, "ts": thread, "oldest": oldest, "inclusive": True, "include_all_metadata": True}
    async for message in _pages(api.client.conversations_replies, "messages", most, asked):
        yield message


async def conversations(api: Api, most: int) -> AsyncIterator[Json]:
    """Yield up to `most` conversations that we are in."""
    asked = {"types": "public_channel,private_channel,im,mpim", "exclude_archived": True}
    async for channel in _pages(api.client.users_conversations, "channels", most, asked):
        yield channel


async def message_at(api: Api, channel: str, ts: str) -> Json | None:
    """Return a message of a channel, or the one that a thread is below; None where there is none."""
    async for message in of_thread(api, channel, ts, ts, 1):
        if message.get("ts") == ts:
            return message
    return None


async def _pages(method: Any, name: str, most: int, asked: Json) -> AsyncIterator[Json]:
    cursor, count = "", 0
    while count < most:
        answer = await method(**asked, limit=min(_PAGE, most - count), **({"cursor": cursor} if cursor else {}))
        for found in answer.get(name) or ():
            yield found
            count += 1
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
