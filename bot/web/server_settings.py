"""The settings of chats' servers at the desk: the same as `/triage-settings`, for those who are not in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.servers import ServerSettings
from bot.chat.doing import Caller, change_setting
from bot.desk import Desk

_FIELDS = ("channels", "answer_in", "role", "digest_channel", "digest_hour", "time_zone", "quiet")


@dataclass(frozen=True, slots=True)
class ServerView:
    """A server and what is set there."""

    platform: str
    server: str
    settings: ServerSettings


async def change(desk: Desk, platform: str, server: str, fields: Mapping[str, str]) -> None:
    """Take a form over; blanks or commas divide ids of channels. Raises ValueError, and changes nothing then."""
    before = await desk.servers.get(platform, server)
    caller = Caller(platform, server, "", moderator=True, manager=True)
    try:
        for field in _FIELDS:
            given = fields.get(field, "").strip()
            values = given.replace(",", " ").split() if field == "channels" else [given] if given else []
            await change_setting(desk, caller, field, values)
    except ValueError:
        await desk.servers.put(platform, server, before)
        raise
