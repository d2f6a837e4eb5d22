"""The REST routes that the bot uses for messages, threads and commands."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bot.discord.fake.gateway import Gateway
from tests.bot.discord.fake.limits import check
from tests.bot.discord.fake.world import APP, COMPONENTS_V2, EPHEMERAL, GUILD, HAS_THREAD, Json, RefusedError, World

Files = list[tuple[str, bytes]]
Handler = Callable[..., Awaitable[Any]]
VIEW, SEND, SEND_IN_THREADS, MAKE_THREADS = 1 << 10, 1 << 11, 1 << 38, 1 << 35


class Rest:
    """Handlers by method and path."""

    def __init__(self, world: World, gateway: Gateway, base: str) -> None:
        self._world = world
        self._gateway = gateway
        self._base = base
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        for method, path, handler in (
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("PUT", "/applications/{app}/commands", self._sync),
            ("POST", "/channels/{channel}/messages", self._send),
            ("GET", "/channels/{channel}/messages", self._history),
            ("GET", "/channels/{channel}/messages/{message}", self._one),
            ("PATCH", "/channels/{channel}/messages/{message}", self._edit),
            ("DELETE", "/channels/{channel}/messages/{message}", self._delete),
            ("POST", "/channels/{channel}/messages/{message}/threads", self._thread),
            ("GET", "/channels/{channel}", self._channel),
        ):
            self.add(method, path, handler)

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Add a route; `{names}` of the path are handed over by name."""
        self._routes.append((method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), handler))

    async def dispatch(self, method: str, path: str, body: Json, files: Files, query: dict[str, str]) -> Any:
        """Carry a request out; raises `RefusedError`."""
        for known, pattern, handler in self._routes:
            if known == method and (match := pattern.fullmatch(path)):
                return await handler(body=body, files=files, query=query, **match.groupdict())
        self._world.unknown.append((method, path))
        raise RefusedError(404, 0, "404: Not Found")

    def make(self, channel: str, author: Json, body: Json, files: Files = (), **more: Any) -> Json:  # type: ignore[assignment]
        """Make a message; raises `RefusedError` for what Discord refuses."""
        world = self._world
        flags = int(body.get("flags") or 0)
        if author["id"] == APP:
            check(body, list(files), flags)
        made: Json = {
            "id": world.snowflake(more.pop("ago", 0)),
            "channel_id": channel,
            "guild_id": world.channels[channel].get("guild_id"),
            "author": author,
            "content": body.get("content") or "",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": world.store(channel, list(files)),
            "embeds": [],
            "components": body.get("components") or [],
            "allowed_mentions": body.get("allowed_mentions"),
            "pinned": False,
            "type": 0,
            "flags": flags,
            **more,
        }
        world.messages[made["id"]] = made
        if not flags & EPHEMERAL:
            world.channels[channel]["last_message_id"] = made["id"]
        return made

    def change(self, message: Json, body: Json, files: Files) -> None:
        """Change a message."""
        flags = int(message["flags"]) | int(body.get("flags") or 0) & COMPONENTS_V2
        kept = message["attachments"]
        if "attachments" in body:
            wanted = {str(each["id"]) for each in body["attachments"] or []}
            kept = [each for each in kept if each["id"] in wanted]
        names = [{"filename": each["filename"]} for each in kept]
        check({"components": message["components"], **body, "attachments": names}, files, flags)
        message.update({key: body[key] for key in ("content", "components") if key in body})
        message["flags"] = flags
        message["attachments"] = [*kept, *self._world.store(message["channel_id"], files)]

    def shown(self, message: Json) -> Json:
        """Return a message as Discord sends it: with fresh links, without the nonce."""
        attachments = [self.linked(each) for each in message["attachments"]]
        referenced = self._world.messages.get((message.get("message_reference") or {}).get("message_id", ""))
        more = {"referenced_message": self.shown(referenced)} if referenced else {}
        shown = {**message, "attachments": attachments, **more}
        return {key: value for key, value in shown.items() if key != "guild_id" or value}

    def linked(self, attachment: Json) -> Json:
        """Return an attachment with a link that holds for now."""
        link = f"{self._base}/cdn/{attachment['path']}?hm={self._world.epoch}"
        return {**attachment, "url": link, "proxy_url": link, "content_type": "text/plain"}

    def found(self, message: str, channel: str | None = None) -> Json:
        """Return a message, or refuse."""
        kept = self._world.messages.get(message)
        if kept is None or (channel is not None and kept["channel_id"] != channel):
            raise RefusedError(404, 10008, "Unknown Message")
        return kept

    def _need(self, channel: str, permission: int) -> None:
        if channel not in self._world.channels:
            raise RefusedError(404, 10003, "Unknown Channel")
        if not self._world.allowed & VIEW:
            raise RefusedError(403, 50001, "Missing Access")
        if not self._world.allowed & permission:
            raise RefusedError(403, 50013, "Missing Permissions")

    async def _me(self, **_: Any) -> Json:
        return self._world.bot

    async def _application(self, **_: Any) -> Json:
        owner = {"id": "1", "username": "owner", "discriminator": "0", "avatar": None}
        texts = {"name": "LoRA Triage", "description": "", "summary": "", "verify_key": "0" * 64}
        return {
            "id": APP,
            **texts,
            "icon": None,
            "owner": owner,
            "flags": 1 << 19,
            "bot_public": True,
            "bot_require_code_grant": False,
            "team": None,
            "rpc_origins": [],
            "install_params": None,
            "tags": [],
        }

    async def _sync(self, body: Any, app: str, **_: Any) -> list[Json]:
        defaults = {
            "version": "1",
            "description": "",
            "default_member_permissions": None,
            "dm_permission": True,
            "nsfw": False,
        }
        made = [{**defaults, **each, "id": self._world.snowflake(), "application_id": app} for each in body]
        self._world.commands = {each["name"]: each for each in made}
        return made

    async def _send(self, body: Json, files: Files, channel: str, **_: Any) -> Json:
        self._need(channel, SEND_IN_THREADS if channel in self._threads() else SEND)
        key = (channel, str(body.get("nonce")))
        if body.get("enforce_nonce") and key in self._world.nonces:
            return self.shown(self.found(self._world.nonces[key]))
        more: Json = {}
        if reference := body.get("message_reference"):
            reference = {key: str(value) if key.endswith("_id") else value for key, value in reference.items()}
            if reference["message_id"] not in self._world.messages and reference.get("fail_if_not_exists", True):
                said = {"_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]}
                raise RefusedError(400, 50035, "Invalid Form Body", {"message_reference": said})
            more = {"message_reference": {"type": 0, **reference}, "type": 19}
        made = self.make(channel, self._world.bot, body, files, **more)
        self._world.nonces[key] = made["id"]
        await self._gateway.emit("MESSAGE_CREATE", self.shown(made))
        return self.shown(made)

    async def _history(self, query: dict[str, str], channel: str, **_: Any) -> list[Json]:
        self._need(channel, VIEW)
        after, before = int(query.get("after", 0)), int(query.get("before", 1 << 63))
        listed = [
            each
            for each in self._world.messages.values()
            if each["channel_id"] == channel and after < int(each["id"]) < before and not each["flags"] & EPHEMERAL
        ]
        listed.sort(key=lambda each: int(each["id"]))
        most = int(query.get("limit", 50))
        part = listed[:most] if "after" in query else listed[-most:]
        return [self.shown(each) for each in reversed(part)]

    async def _one(self, channel: str, message: str, **_: Any) -> Json:
        self._need(channel, VIEW)
        return self.shown(self.found(message, channel))

    async def _edit(self, body: Json, files: Files, channel: str, message: str, **_: Any) -> Json:
        self._need(channel, VIEW)
        kept = self.found(message, channel)
        if kept["author"]["id"] != APP:
            raise RefusedError(403, 50005, "Cannot edit a message authored by another user")
        self.change(kept, body, files)
        await self._gateway.emit("MESSAGE_UPDATE", self.shown(kept))
        return self.shown(kept)

    async def _delete(self, channel: str, message: str, **_: Any) -> None:
        self._need(channel, VIEW)
        self.found(message, channel)
        del self._world.messages[message]
        await self._gateway.emit("MESSAGE_DELETE", {"id": message, "channel_id": channel, "guild_id": GUILD})

    async def _thread(self, body: Json, channel: str, message: str, **_: Any) -> Json:
        self._need(channel, MAKE_THREADS)
        kept = self.found(message, channel)
        if message in self._world.channels:
            raise RefusedError(400, 160004, "A thread has already been created for this message")
        made = self._world.add_thread(message, channel, body["name"])
        await self._gateway.emit("THREAD_CREATE", {**made, "newly_created": True})
        kept["flags"] |= HAS_THREAD
        await self._gateway.emit("MESSAGE_UPDATE", self.shown(kept))
        return made

    async def _channel(self, channel: str, **_: Any) -> Json:
        self._need(channel, VIEW)
        return self._world.channels[channel]

    def _threads(self) -> set[str]:
        return {number for number, each in self._world.channels.items() if each["type"] == 11}


def too_late(at: float, seconds: float) -> bool:
    """Tell whether more than `seconds` have passed."""
    return time.time() - at > seconds
