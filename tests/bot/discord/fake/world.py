"""What exists on the fake Discord: one server with its channels, people, messages and files."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
APP = "900000000000000001"
BOT_TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.fake.token-of-the-tests"
GUILD = "100000000000000001"
CHANNEL = "200000000000000001"
ALL = (1 << 53) - 1
MANAGE_GUILD, MANAGE_MESSAGES = 1 << 5, 1 << 13
EPHEMERAL, COMPONENTS_V2, HAS_THREAD = 1 << 6, 1 << 15, 1 << 5
_EPOCH = 1_420_070_400_000


class RefusedError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"code": code, "message": message, **({"errors": errors} if errors else {})}


@dataclass
class Fault:
    """Trouble to come: answers to matching requests, `times` times; with `after`, the request has been carried out."""

    method: str
    path: str
    """A regular expression, searched for."""
    status: int
    times: int = 1
    after: bool = False
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """An interaction on its way."""

    id: str
    token: str
    kind: int
    channel: str
    user: Json
    message: str | None
    at: float
    answer: Json | None = None
    original: str | None = None
    """The message that answers it."""


class World:
    """All state. `allowed` are the permissions of the bot."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.bot = user(APP, "LoRA Triage", bot=True)
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, Json] = {}
        self.blobs: dict[str, bytes] = {}
        self.commands: dict[str, Json] = {}
        self.calls: dict[str, Call] = {}
        self.nonces: dict[tuple[str, str], str] = {}
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, Json]] = []
        self.unknown: list[tuple[str, str]] = []
        self.allowed = ALL
        self.content_intent = True
        self.epoch = 1
        """Links carry it; those of an earlier one have run out."""
        self.add_channel(CHANNEL, "support")

    def snowflake(self, ago: float = 0) -> str:
        """Return a new number of the moment that is `ago` seconds past."""
        return str((int((time.time() - ago) * 1000) - _EPOCH << 22) | next(self._numbers) % (1 << 22))

    def add_channel(self, number: str, name: str, **more: Any) -> Json:
        """Make a channel or thread."""
        made: Json = {
            "id": number,
            "type": 0,
            "guild_id": GUILD,
            "name": name,
            "position": len(self.channels),
            "permission_overwrites": [],
            "nsfw": False,
            "parent_id": None,
            "topic": None,
            "rate_limit_per_user": 0,
            "last_message_id": None,
            **more,
        }
        self.channels[number] = made
        return made

    def add_thread(self, number: str, parent: str, name: str) -> Json:
        """Make a thread."""
        rest = {"archived": False, "auto_archive_duration": 1440, "locked": False}
        return self.add_channel(
            number,
            name,
            type=11,
            parent_id=parent,
            owner_id=APP,
            message_count=0,
            member_count=1,
            total_message_sent=0,
            thread_metadata={**rest, "archive_timestamp": "2026-01-01T00:00:00+00:00"},
        )

    def guild(self) -> Json:
        """Return the server as the gateway tells of it."""
        everyone = {"id": GUILD, "name": "@everyone", "permissions": str(self.allowed), "position": 0, "color": 0}
        everyone |= {"colors": {"primary_color": 0}, "hoist": False, "managed": False, "mentionable": False}
        threads = [each for each in self.channels.values() if each["type"] == 11]
        empty = ("emojis", "features", "voice_states", "presences", "stickers", "stage_instances")
        zero: tuple[str, ...] = (
            "verification_level",
            "default_message_notifications",
            "explicit_content_filter",
            "mfa_level",
        )
        zero += ("premium_tier", "nsfw_level", "system_channel_flags", "afk_timeout")
        return {
            "id": GUILD,
            "name": "A server",
            "owner_id": "1",
            "roles": [everyone],
            "member_count": 2,
            "large": False,
            "unavailable": False,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "members": [member(self.bot, self.allowed)],
            "channels": [each for each in self.channels.values() if each["type"] != 11],
            "threads": threads,
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "preferred_locale": "en-US",
            "premium_progress_bar_enabled": False,
            **{name: [] for name in empty},
            **dict.fromkeys(zero, 0),
        }

    def store(self, channel: str, files: list[tuple[str, bytes]], ephemeral: bool = False) -> list[Json]:
        """Keep files; returns their attachments, which get a link when they are shown."""
        made = []
        for name, data in files:
            number = self.snowflake()
            path = f"{'ephemeral-' if ephemeral else ''}attachments/{channel}/{number}/{name}"
            self.blobs[path] = data
            made.append({"id": number, "filename": name, "size": len(data), "path": path, "ephemeral": ephemeral})
        return made

    def visible(self) -> list[Json]:
        """Return what the bot said that everybody sees, the oldest first."""
        own = (each for each in self.messages.values() if each["author"]["id"] == APP)
        return sorted((each for each in own if not each["flags"] & EPHEMERAL), key=lambda each: int(each["id"]))


def user(number: str, name: str, bot: bool = False) -> Json:
    """Return a person or bot."""
    return {
        "id": number,
        "username": name,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "global_name": None if bot else name,
    }


def member(who: Json, permissions: int) -> Json:
    """Return a member of the server."""
    return {
        "user": who,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "permissions": str(permissions),
    }
