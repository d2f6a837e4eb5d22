"""Slack's messages as we need them, and their texts as people typed them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_KINDS = (None, "file_share", "me_message", "thread_broadcast")
_GONE_FILES = ("tombstone", "hidden_by_limit")
_BRACKETS = re.compile(r"<([^<>|]{1,5000})(?:\|([^<>]{0,5000}))?>")
_MICRO = 1_000_000


def key(channel: str, ts: str) -> str:
    """Return the id of a message: its time tells it apart within its channel alone."""
    return f"{channel}:{ts}"


def split(message: str) -> tuple[str, str]:
    """Return the channel and the time of a message."""
    channel, _, ts = message.partition(":")
    return channel, ts


def number(ts: str) -> int:
    """Return the time of a message, `1700000000.000100`, in microseconds."""
    whole, _, part = ts.partition(".")
    return int(whole) * _MICRO + int(part[:6].ljust(6, "0"))


def ts_of(micros: float) -> str:
    """Return microseconds as Slack writes them."""
    whole, part = divmod(max(int(micros), 0), _MICRO)
    return f"{whole}.{part:06d}"


def is_direct(channel: str, kind: str = "") -> bool:
    """Tell whether a conversation belongs to no more than those in it; `kind` is its type or name, where told."""
    return channel.startswith("D") or kind in ("im", "mpim", "directmessage") or kind.startswith("mpdm-")


@dataclass(frozen=True, slots=True)
class Message:
    """A message that a person wrote; `thread` is the time of the message that its thread is below, else its own."""

    channel: str
    ts: str
    thread: str
    person: str
    raw: str
    files: tuple[Json, ...]
    direct: bool

    @property
    def key(self) -> str:
        """Its id."""
        return key(self.channel, self.ts)


def read(event: Json, channel: str, me: str, kind: str = "", anybody: bool = False) -> Message | None:
    """Return a message of an event or the history; None where a bot wrote it or Slack itself, unless `anybody` may."""
    person = str(event.get("user") or "")
    of_person = not event.get("bot_id") and event.get("subtype") in _KINDS and person not in ("", "USLACKBOT", me)
    if not (of_person or anybody) or not event.get("ts"):
        return None
    ts = str(event["ts"])
    shared = [each for each in event.get("attachments") or () if each.get("is_share")]
    texts = [event.get("text"), *(each.get("text") for each in shared)]
    files = [*(event.get("files") or ()), *(file for each in shared for file in each.get("files") or ())]
    return Message(
        channel,
        ts,
        str(event.get("thread_ts") or ts),
        person,
        "\n".join(str(text) for text in texts if text),
        tuple(file for file in files if file.get("id") and file.get("mode") not in _GONE_FILES),
        is_direct(channel, kind),
    )


def calls(raw: str, me: str) -> bool:
    """Tell whether a message calls us by name."""
    return f"<@{me}>" in raw or f"<@{me}|" in raw


def typed(raw: str, me: str = "") -> str:
    """Return a text as its writer typed it: links without brackets, without the call to us, nothing escaped."""

    def plain(found: re.Match[str]) -> str:
        what, label = found[1], found[2]
        if what.startswith("@"):
            return "" if what[1:] == me else f"@{label or 'someone'}"
        if what.startswith("#"):
            return f"#{label or what[1:]}"
        if what.startswith("!"):
            return label or f"@{what[1:].partition('^')[0]}"
        return label or what.removeprefix("mailto:")

    made = _BRACKETS.sub(plain, raw)
    return made.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
