"""What exists on the fake Slack: one workspace with its channels, people, messages, files and views."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
APP = "A0TRIAGE"
BOT_USER = "U0TRIAGE"
BOT = "B0TRIAGE"
TEAM = "T0LOOPBACK"
CHANNEL = "C0SUPPORT"
APP_TOKEN = "xapp-1-A0TRIAGE-1-of-the-tests"
BOT_TOKEN = "xoxb-1-1-of-the-tests"
SCOPES = frozenset(
    (
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "usergroups:read",
        "users:read",
    )
)


_AT_ONCE = 4.0
"""Messages that a channel takes at once."""


class RefusedError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error, **more}


@dataclass
class Fault:
    """Trouble to come: answers to matching requests, `times` times; with `after`, the request has been carried out."""

    method: str
    """A regular expression for the whole name of the method, or the path of a file, an upload or a response URL."""
    status: int = 200
    times: int = 1
    after: bool = False
    body: Json = field(default_factory=lambda: {"ok": False, "error": "internal_error"})
    headers: dict[str, str] = field(default_factory=dict)


def rate_limited(method: str, seconds: int = 1, times: int = 1) -> Fault:
    """Return the answer to one who asks too often."""
    return Fault(method, 429, times, False, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(seconds)})


@dataclass
class Call:
    """A command, shortcut, press or form on its way; `seconds` is how long it took to be acknowledged."""

    envelope: str
    user: Json
    channel: str
    at: float
    begun: int
    """How much had been shown before it."""
    message: Json | None = None
    """The message or view that it was done on."""
    command: bool = False
    seconds: float | None = None
    ack: Json | None = None
    uses: int = 0
    """Of its response URL."""


@dataclass(frozen=True)
class Shown:
    """Something that one person was shown: an ephemeral message, a view; or by a response URL, everybody."""

    user: str
    what: Json


class World:
    """All state. `scopes` are what the bot may do."""

    def __init__(self) -> None:
        self._last = 0
        self.people: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[tuple[str, str], Json] = {}
        self.files: dict[str, Json] = {}
        self.blobs: dict[str, bytes] = {}
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self.groups: list[Json] = []
        self.calls: dict[str, Call] = {}
        self.triggers: dict[str, tuple[float, str]] = {}
        """Trigger id to when it was given, and to whom."""
        self.shown: list[Shown] = []
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, Json]] = []
        self.unknown: list[str] = []
        """What the bot asked for that Slack does not know, or that is not clear."""
        self.refused: list[str] = []
        """Why messages and views were refused."""
        self.scopes = set(SCOPES)
        self.joined: set[str] = set()
        """Channels where the bot is a member."""
        self.sign_in = "page"
        """What a file gives to one who may not read it: the sign-in `page`, or a `redirect` to it."""
        self.processing = 0
        """How many times a picture in a message is refused since it is not processed yet."""
        self.post_seconds = 0.0
        """The least time from one message of the bot to the next in a channel, after a few at once; Slack's is 1."""
        self._credit: dict[str, tuple[float, float]] = {}
        self.add_channel(CHANNEL, "support")

    def may_post(self, channel: str) -> bool:
        """Tell whether the bot may post in a channel now, and if so count it."""
        if not self.post_seconds:
            return True
        now = time.monotonic()
        left, since = self._credit.get(channel, (_AT_ONCE, now))
        left = min(left + (now - since) / self.post_seconds, _AT_ONCE)
        self._credit[channel] = (left - 1 if left >= 1 else left, now)
        return left >= 1

    def ts(self, ago: float = 0) -> str:
        """Return the moment `ago` seconds past as Slack writes it: no two are equal."""
        now = int(time.time() * 1e6)
        self._last = max(self._last + 1, now)
        number = self._last - int(ago * 1e6)
        return f"{number // 1_000_000}.{number % 1_000_000:06d}"

    def number(self, prefix: str) -> str:
        """Return a new id."""
        self._last = max(self._last + 1, int(time.time() * 1e6))
        return f"{prefix}{self._last:X}"

    def add_channel(self, number: str, name: str, member: bool = True, **more: Any) -> Json:
        """Make a channel."""
        kind: Json = {"is_channel": True, "is_group": False, "is_im": False, "is_private": False, "is_archived": False}
        made = {"id": number, "name": name, "is_member": member, **kind, **more}
        self.channels[number] = made
        if member:
            self.joined.add(number)
        return made

    def add_direct(self, number: str, user: str) -> Json:
        """Make a direct conversation with the bot."""
        return self.add_channel(number, "", is_channel=False, is_im=True, user=user)

    def add_person(self, number: str, name: str) -> Json:
        """Make a person; they moderate if they are an admin."""
        profile = {"display_name": name, "real_name": name}
        made = {"id": number, "team_id": TEAM, "name": name, "real_name": name, "profile": profile, "tz": "Europe/Kyiv"}
        self.people[number] = {**made, "is_bot": False, "is_admin": False, "is_owner": False, "deleted": False}
        return self.people[number]

    def kept(self, channel: str, ts: str) -> Json:
        """Return a message, or refuse."""
        if (channel, ts) not in self.messages:
            raise RefusedError("message_not_found")
        return self.messages[channel, ts]

    def of_bot(self) -> list[Json]:
        """Return what the bot posted that everybody sees, the oldest first."""
        own = (each for each in self.messages.values() if each.get("bot_id") == BOT)
        return sorted(own, key=lambda each: float(each["ts"]))

    def visible(self) -> list[Json]:
        """Return what the bot said, without the files that it handed over."""
        return [each for each in self.of_bot() if not each.get("upload")]

    def shares(self) -> list[Json]:
        """Return the messages with which the bot handed files over."""
        return [each for each in self.of_bot() if each.get("upload")]

    def show(self, user: str, what: Json) -> None:
        """Note that a person sees something now."""
        self.shown.append(Shown(user, what))
