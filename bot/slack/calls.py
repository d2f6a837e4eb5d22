"""Who called, from where, and how to answer: the same for commands, presses, shortcuts and forms."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from slack_bolt.async_app import AsyncRespond

from bot.slack.messages import Json, is_direct, key


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form or a view was called for; it travels with the view. Empty: in the App Home."""

    channel: str = ""
    kind: str = ""
    """Type or name of the channel, as far as told."""
    thread: str = ""
    """Time of the message that the thread is below."""
    reply: str = ""
    """Id of our message that was pressed."""

    def dumps(self) -> str:
        """Return it as a view's private metadata."""
        return json.dumps(asdict(self))

    @property
    def direct(self) -> bool:
        """Whether it belongs to no more than those in it."""
        return is_direct(self.channel, self.kind)


def origin_of(view: Json) -> Origin:
    """Return where a view was called for."""
    kept = view.get("private_metadata")
    return Origin(**json.loads(kept)) if kept else Origin()


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `view` is the modal or App Home that was pressed, None elsewhere; `ephemeral` tells whether the pressed
    message is seen by the caller alone."""

    person: str
    trigger: str
    origin: Origin
    respond: AsyncRespond | None = None
    view: Json | None = None
    ephemeral: bool = False

    @property
    def at_home(self) -> bool:
        """Whether something in the App Home was pressed."""
        return self.view is not None and self.view.get("type") == "home"


def of_command(body: Json, respond: AsyncRespond) -> Call:
    """Return the call of a slash command."""
    origin = Origin(str(body["channel_id"]), str(body.get("channel_name") or ""))
    return Call(str(body["user_id"]), str(body["trigger_id"]), origin, respond)


def of_press(body: Json, respond: AsyncRespond) -> Call:
    """Return the call of a press, a choice, or a shortcut of a message."""
    person, trigger = str(body["user"]["id"]), str(body["trigger_id"])
    if view := body.get("view"):
        return Call(person, trigger, origin_of(view), None, view)
    channel, container = body.get("channel") or {}, body.get("container") or {}
    message: Json = body.get("message") or {}
    number, ts = str(channel.get("id") or ""), str(container.get("message_ts") or message.get("ts") or "")
    thread = str(container.get("thread_ts") or message.get("thread_ts") or "")
    origin = Origin(number, str(channel.get("name") or ""), thread, key(number, ts) if ts else "")
    return Call(person, trigger, origin, respond, None, bool(container.get("is_ephemeral")))
