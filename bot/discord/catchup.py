"""What was posted while we were away: read from the history of every channel where something was."""

from __future__ import annotations

import time

import discord

from bot.discord.events import Events
from bot.logs import get_log
from bot.wire.seen import Seen

_log = get_log(__name__)
_MOST = 500
"""Messages of one channel that are read."""
_OLDEST_SECONDS = 24 * 3600
"""What is older than this is not answered any more: the talk has moved on."""

OVERLAP = 60_000 << 22
"""One minute, as Discord's numbers count."""


def now() -> int:
    """Return the number that a message of this moment would have."""
    return discord.utils.time_snowflake(discord.utils.utcnow())


async def catch_up(guild: discord.Guild, seen: Seen, events: Events) -> int:
    """Hand on everything that a server's channels and open threads say since the last message seen.

    Returns the number of messages.
    """
    oldest = now() - int(_OLDEST_SECONDS * 1000 << 22)
    since = seen.since(str(guild.id))
    if since is None:
        await seen.start(str(guild.id), now())
        return 0
    after = discord.Object(max(since, oldest))
    started, count = time.monotonic(), 0
    channels: list[discord.TextChannel | discord.VoiceChannel | discord.Thread] = [
        *guild.text_channels,
        *guild.voice_channels,
        *guild.threads,
    ]
    for channel in channels:
        if (channel.last_message_id or 0) <= after.id or not channel.permissions_for(guild.me).read_message_history:
            continue
        try:
            async for message in channel.history(limit=_MOST, after=after, oldest_first=True):
                await events.posted(message)
                count += 1
        except discord.HTTPException as error:
            _log.warning("a channel could not be caught up with", status=error.status, code=error.code)
    _log.info("caught up", messages=count, seconds=round(time.monotonic() - started, 2))
    return count
