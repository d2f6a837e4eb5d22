"""Slack's messages, commands and forms as submissions."""

from __future__ import annotations

import time
from collections.abc import Iterable

from bot.cases.model import FileRef, Place, Submission
from bot.slack.messages import Json, Message, calls, is_direct, key, ts_of, typed
from bot.wire.links import Links

PLATFORM = "slack"


def from_message(
    message: Message, team: str, me: str, links: Links, event: str = "", asked: bool = False
) -> Submission:
    """Return a message as it stands; `event` is the id under which Slack told it, `asked` makes a call of any."""
    text = typed(message.raw, me)
    thread = key(message.channel, message.thread)
    return Submission(
        event=event or f"m{message.key}",
        message=message.key,
        place=Place(PLATFORM, "" if message.direct else team, message.channel, thread),
        person=message.person,
        text=text,
        files=refs_of(message.files, message.key, links),
        asked=asked or message.direct or calls(message.raw, me),
        # whatever is said below an answer to a command is said in answer to it
        reply_to=thread if thread != message.key else "",
    )


def from_call(
    event: str, channel: str, kind: str, team: str, person: str, text: str = "", files: Iterable[Json] = ()
) -> Submission:
    """Return a command or a form: no message shows it, and where we may not write it is answered directly."""
    message = key(channel, ts_of(time.time() * 1e6))
    return Submission(
        event=event,
        message=message,
        place=Place(PLATFORM, "" if is_direct(channel, kind) else team, channel),
        person=person,
        text=text,
        files=refs_of(files, message, Links()),
        asked=True,
        handle=person,
    )


def refs_of(files: Iterable[Json], message: str, links: Links) -> tuple[FileRef, ...]:
    """Return the files of a message; their links are remembered."""
    return tuple(_ref(file, message, links) for file in files)


def _ref(file: Json, message: str, links: Links) -> FileRef:
    if link := link_of(file):
        links.put(str(file["id"]), link)
    name = str(file.get("name") or file.get("title") or file["id"])
    return FileRef(str(file["id"]), message, name, int(file.get("size") or 0))


def link_of(file: Json) -> str:
    """Return where the bytes of a file lie; empty where that is not told."""
    return str(file.get("url_private_download") or file.get("url_private") or "")
