"""The Web API: messages, conversations and people."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bot.slack.fake.limits import check_message
from tests.bot.slack.fake.socket import Socket
from tests.bot.slack.fake.world import APP, BOT, BOT_USER, TEAM, Json, RefusedError, World

Method = Callable[[Json], Awaitable[Json]]
_SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.info": "channels:read",
    "conversations.list": "channels:read",
    "users.conversations": "channels:read",
    "users.info": "users:read",
    "usergroups.list": "usergroups:read",
    "files.info": "files:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
}
_MOST_LISTED = 999


class WebApi:
    """Methods by name; `base` is the address of everything."""

    def __init__(self, world: World, socket: Socket, base: str) -> None:
        self._world = world
        self._socket = socket
        self._base = base
        self._methods: dict[str, Method] = {}
        self.add("apps.connections.open", self._open)
        self.add("auth.test", self._who)
        self.add("chat.postMessage", self._post)
        self.add("chat.postEphemeral", self._whisper)
        self.add("chat.update", self._update)
        self.add("chat.delete", self._delete)
        self.add("chat.getPermalink", self._link)
        self.add("conversations.history", self._history)
        self.add("conversations.replies", self._replies)
        self.add("conversations.info", self._channel)
        self.add("conversations.list", self._channels)
        self.add("users.conversations", self._joined)
        self.add("conversations.join", self._join)
        self.add("conversations.open", self._direct)
        self.add("users.info", self._person)
        self.add("usergroups.list", self._groups)

    def add(self, name: str, method: Method) -> None:
        """Add a method."""
        self._methods[name] = method

    async def dispatch(self, name: str, asked: Json) -> Json:
        """Carry a request out; raises `RefusedError`."""
        if name not in self._methods:
            self._world.unknown.append(name)
            raise RefusedError("unknown_method", req_method=name)
        scope = _SCOPES.get(name)
        if scope and scope not in self._world.scopes:
            raise RefusedError("missing_scope", needed=scope, provided=",".join(sorted(self._world.scopes)))
        return {"ok": True, **await self._methods[name](asked)}

    async def said(self, channel: str, body: Json, **more: Any) -> Json:
        """Have the bot say something that everybody sees; raises `RefusedError` for what Slack refuses."""
        world = self._world
        check_message(body, world)
        made: Json = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT,
            "app_id": APP,
            "team": TEAM,
            "ts": world.ts(),
            "channel": channel,
            "text": body.get("text") or "",
            "blocks": self.numbered(body.get("blocks") or []),
            **{key: body[key] for key in ("thread_ts", "metadata") if body.get(key)},
            **more,
        }
        world.messages[channel, made["ts"]] = made
        self.count_reply(made)
        await self._socket.event(as_event(made, world))
        return made

    def numbered(self, blocks: list[Json]) -> list[Json]:
        """Return blocks with the ids that Slack gives to those without."""
        return [{"block_id": self._world.number("b"), **each} for each in blocks]

    def count_reply(self, message: Json) -> None:
        """Note a reply at the message that its thread is below."""
        parent = self._world.messages.get((message["channel"], message.get("thread_ts", "")))
        if parent is not None and parent is not message:
            parent["thread_ts"] = parent["ts"]
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = message["ts"]

    async def change(self, message: Json, body: Json) -> None:
        """Change a message of the bot."""
        kept = {key: body[key] for key in ("text", "blocks", "metadata") if body.get(key) is not None}
        check_message({"text": message["text"], "blocks": message["blocks"], **kept}, self._world)
        if "blocks" in kept:
            kept["blocks"] = self.numbered(kept["blocks"])
        before = dict(message)
        message.update(kept)
        event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": message["channel"]}
        event |= {"ts": self._world.ts(), "message": public(message), "previous_message": public(before)}
        await self._socket.event({**event, "channel_type": "channel"})

    async def _open(self, _: Json) -> Json:
        return {"url": self._socket.url(self._base)}

    async def _who(self, _: Json) -> Json:
        who = {"url": f"{self._base}/", "team": "Fake", "user": "lora_triage", "team_id": TEAM, "user_id": BOT_USER}
        return {**who, "bot_id": BOT, "is_enterprise_install": False}

    async def _post(self, asked: Json) -> Json:
        channel = self._writable(asked["channel"])
        thread = asked.get("thread_ts")
        if thread and (channel, thread) not in self._world.messages:
            raise RefusedError("thread_not_found")
        broadcast = {"subtype": "thread_broadcast"} if thread and _yes(asked.get("reply_broadcast")) else {}
        made = await self.said(channel, asked, **broadcast)
        return {"channel": channel, "ts": made["ts"], "message": public(made)}

    async def _whisper(self, asked: Json) -> Json:
        channel = self._writable(asked["channel"])
        if asked["user"] not in self._world.people:
            raise RefusedError("user_not_in_channel")
        check_message(asked, self._world)
        made = self.whisper(channel, asked["user"], asked)
        return {"message_ts": made["ts"]}

    def whisper(self, channel: str, user: str, body: Json) -> Json:
        """Show a message to one person alone; no history has it, and only a response URL changes it."""
        made = {"ts": self._world.ts(), "channel": channel, "text": body.get("text") or "", "ephemeral": True}
        made |= {"blocks": self.numbered(body.get("blocks") or []), "thread_ts": body.get("thread_ts")}
        self._world.show(user, made)
        return made

    async def _update(self, asked: Json) -> Json:
        message = self._own(asked, "cant_update_message")
        await self.change(message, asked)
        return {"channel": message["channel"], "ts": message["ts"], "text": message["text"], "message": message}

    async def _delete(self, asked: Json) -> Json:
        message = self._own(asked, "cant_delete_message")
        del self._world.messages[message["channel"], message["ts"]]
        event = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": message["channel"]}
        event |= {"deleted_ts": message["ts"], "ts": self._world.ts(), "previous_message": public(message)}
        await self._socket.event({**event, "channel_type": "channel"})
        return {"channel": message["channel"], "ts": message["ts"]}

    async def _link(self, asked: Json) -> Json:
        self._world.kept(asked["channel"], asked["message_ts"])
        return {"permalink": f"{self._base}/archives/{asked['channel']}/p{asked['message_ts'].replace('.', '')}"}

    async def _history(self, asked: Json) -> Json:
        channel = self._readable(asked["channel"])
        listed = [
            each
            for (where, ts), each in self._world.messages.items()
            if where == channel and (each.get("thread_ts", ts) == ts or each.get("subtype") == "thread_broadcast")
        ]
        listed.sort(key=lambda each: float(each["ts"]), reverse=True)
        return self._page(listed, asked)

    async def _replies(self, asked: Json) -> Json:
        channel = self._readable(asked["channel"])
        root = self._world.messages.get((channel, asked["ts"]))
        if root is None:
            raise RefusedError("thread_not_found")
        top = str(root.get("thread_ts", root["ts"]))
        listed = [
            each
            for (where, ts), each in self._world.messages.items()
            if where == channel and top in (ts, each.get("thread_ts"))
        ]
        listed.sort(key=lambda each: float(each["ts"]))
        return self._page(listed, asked, top)

    def _page(self, listed: list[Json], asked: Json, always: str = "") -> Json:
        oldest, latest = float(asked.get("oldest") or 0), float(asked.get("latest") or time.time() + 1e6)
        both = _yes(asked.get("inclusive"))
        found = [
            each
            for each in listed
            if each["ts"] == always
            or oldest < float(each["ts"]) < latest
            or (both and float(each["ts"]) in (oldest, latest))
        ]
        start, most = int(asked.get("cursor") or 0), min(int(asked.get("limit") or 100), _MOST_LISTED)
        part, more = found[start : start + most], len(found) > start + most
        metadata = _yes(asked.get("include_all_metadata"))
        told: Json = {"messages": [public(each, metadata) for each in part], "has_more": more}
        return {**told, "response_metadata": {"next_cursor": str(start + most) if more else ""}}

    async def _channel(self, asked: Json) -> Json:
        if asked["channel"] not in self._world.channels:
            raise RefusedError("channel_not_found")
        return {"channel": self._world.channels[asked["channel"]]}

    async def _channels(self, _: Json) -> Json:
        return {"channels": list(self._world.channels.values()), "response_metadata": {"next_cursor": ""}}

    async def _joined(self, asked: Json) -> Json:
        if asked.get("user") not in (None, "", BOT_USER):
            raise RefusedError("user_not_found")
        kinds = (asked.get("types") or "public_channel").split(",")
        listed = [self._world.channels[each] for each in sorted(self._world.joined)]
        found = [each for each in listed if _kind(each) in kinds]
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    async def _join(self, asked: Json) -> Json:
        self._world.joined.add(asked["channel"])
        return {"channel": self._world.channels[asked["channel"]]}

    async def _direct(self, asked: Json) -> Json:
        user = asked["users"]
        number = f"D{user[1:]}"
        if number not in self._world.channels:
            self._world.add_direct(number, user)
        return {"channel": {"id": number}}

    async def _person(self, asked: Json) -> Json:
        if asked["user"] not in self._world.people:
            raise RefusedError("user_not_found")
        return {"user": self._world.people[asked["user"]]}

    async def _groups(self, _: Json) -> Json:
        return {"usergroups": self._world.groups}

    def _writable(self, channel: str) -> str:
        if channel in self._world.people:
            user, channel = channel, f"D{channel[1:]}"
            if channel not in self._world.channels:
                self._world.add_direct(channel, user)
        if channel not in self._world.channels:
            raise RefusedError("channel_not_found")
        if channel not in self._world.joined:
            raise RefusedError("not_in_channel")
        if self._world.channels[channel]["is_archived"]:
            raise RefusedError("is_archived")
        return channel

    def _readable(self, channel: str) -> str:
        if channel not in self._world.channels:
            raise RefusedError("channel_not_found")
        if channel not in self._world.joined:
            raise RefusedError("not_in_channel")
        return channel

    def _own(self, asked: Json, otherwise: str) -> Json:
        message = self._world.kept(self._readable(asked["channel"]), asked["ts"])
        if message.get("bot_id") != BOT:
            raise RefusedError(otherwise)
        return message


def public(message: Json, metadata: bool = False) -> Json:
    """Return a message as Slack hands it out."""
    hidden = ("channel", "upload") if metadata else ("channel", "upload", "metadata")
    return {key: value for key, value in message.items() if key not in hidden}


def as_event(message: Json, world: World) -> Json:
    """Return the event of a message."""
    kind = _kind(world.channels[message["channel"]])
    return {
        **public(message),
        "channel": message["channel"],
        "channel_type": {"im": "im", "private_channel": "group"}.get(kind, "channel"),
    }


def _kind(channel: Json) -> str:
    if channel["is_im"]:
        return "im"
    return "private_channel" if channel["is_private"] else "public_channel"


def _yes(value: Any) -> bool:
    return value in (True, 1, "1", "true", "True")
