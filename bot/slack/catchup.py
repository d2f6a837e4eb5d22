"""What was posted while we were away: read from the history of the conversations that we are in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.logs import get_log
from bot.slack.api import Api
from bot.slack.errors import reason
from bot.slack.events import Events
from bot.slack.history import conversations, of_channel, of_thread
from bot.slack.messages import Json, number, ts_of
from bot.slack.submissions import PLATFORM
from bot.wire.seen import Seen

_log = get_log(__name__)
OVERLAP = 60_000_000
"""One minute, in microseconds."""
_MOST = 1000
"""Messages of one conversation or thread that are read."""
_MOST_CONVERSATIONS = 500
_OLDEST = 24 * 3600 * 1_000_000
"""Microseconds: what is older than this is not answered any more, since the talk has moved on."""
_ROOTS = 7 * _OLDEST
"""Below messages that are not older than this, threads are looked at."""


async def catch_up(api: Api, desk: Desk, seen: Seen, events: Events) -> int:
    """Hand on everything that was said or changed since the last message seen; returns the number of messages."""
    now = int(time.time() * 1e6)
    since = seen.since(api.team)
    if since is None:
        await seen.start(api.team, now)
        return 0
    since = max(since, now - _OLDEST)
    started, count = time.monotonic(), 0
    watched = (await desk.servers.get(PLATFORM, api.team)).channels
    joined = [each async for each in conversations(api, _MOST_CONVERSATIONS)]
    # Slack lets us read some fifty a minute: first where nobody has to call us
    for channel in sorted(joined, key=lambda each: each["id"] not in watched and not each.get("is_im")):
        kind = "im" if channel.get("is_im") else "mpim" if channel.get("is_mpim") else ""
        try:
            async for message in _news(api, str(channel["id"]), since):
                told = {**message, "channel_type": kind}
                if number(message["ts"]) > since:
                    await events.posted(told, str(channel["id"]))
                else:
                    await events.edited(told, str(channel["id"]))
                count += 1
        except SlackApiError as error:
            _log.warning("a conversation could not be caught up with", reason=reason(error))
    _log.info("caught up", messages=count, seconds=round(time.monotonic() - started, 2))
    return count


async def _news(api: Api, channel: str, since: int) -> AsyncIterator[Json]:
    """Yield what was said or edited in a channel and its threads since a moment, the oldest first."""
    roots = [each async for each in of_channel(api, channel, ts_of(since - _ROOTS), _MOST)]
    for root in reversed(roots):
        if _is_new(root, since):
            yield root
        if number(str(root.get("latest_reply") or "0")) > since:
            async for reply in of_thread(api, channel, str(root["ts"]), ts_of(since), _MOST):
                if reply["ts"] != root["ts"] and _is_new(reply, since):
                    yield reply


def _is_new(message: Json, since: int) -> bool:
    edited = (message.get("edited") or {}).get("ts") or "0"
    return number(str(message["ts"])) > since or number(str(edited)) > since
