"""The gateway: identify, resume, events, and everything that may go wrong with a connection."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.bot.discord.fake.world import APP, BOT_TOKEN, GUILD, Json, World

_MESSAGE_CONTENT = 1 << 15


class Gateway:
    """One session at a time. Events are kept, so that a resumed session gets what it missed."""

    def __init__(self, world: World, base: str) -> None:
        self._world = world
        self._base = base
        self._sequence = 0
        self._sent: list[Json] = []
        self._session = ""
        self.socket: web.WebSocketResponse | None = None
        self.identified = 0
        self.resumed = 0
        self.shards: list[tuple[int, int]] = []
        """Which parts were asked for, and of how many."""
        self.forgets_sessions = False
        """Whether a session that breaks is lost."""
        self.deaf = False
        """Whether nothing is sent any more, as over a line that is cut without anybody noticing."""

    async def emit(self, kind: str, data: Json) -> None:
        """Send an event, now or when the session is resumed."""
        self._sequence += 1
        event = {"op": 0, "t": kind, "s": self._sequence, "d": data}
        self._sent.append(event)
        if self.socket is not None and not self.socket.closed and not self.deaf:
            try:
                await self.socket.send_json(event)
            except ConnectionError:
                self.socket = None

    async def drop(self) -> None:
        """Break the connection."""
        if self.socket is not None:
            await self.socket.close(code=4000)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._received(socket, json.loads(message.data))
        if self.socket is socket:
            self.socket = None
        return socket

    async def _received(self, socket: web.WebSocketResponse, sent: Any) -> None:
        match sent["op"]:
            case 1:
                await socket.send_json({"op": 11})
            case 2:
                await self._identify(socket, sent["d"])
            case 6:
                await self._resume(socket, sent["d"])

    async def _identify(self, socket: web.WebSocketResponse, asked: Json) -> None:
        if asked["token"] != BOT_TOKEN:
            await socket.close(code=4004)
            return
        if asked["intents"] & _MESSAGE_CONTENT and not self._world.content_intent:
            await socket.close(code=4014)
            return
        self.identified += 1
        number, count = asked.get("shard", (0, 1))
        self.shards.append((number, count))
        if number:
            # our server is in the first; the others hold none of ours, and hear nothing
            await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": self._greeting([], number, count)})
            return
        self._session = f"session-{self.identified}"
        self._sequence, self._sent, self.socket, self.deaf = 0, [], socket, False
        await self.emit("READY", self._greeting([{"id": GUILD, "unavailable": True}], number, count))
        await self.emit("GUILD_CREATE", self._world.guild())

    def _greeting(self, guilds: list[Json], shard: int, count: int) -> Json:
        return {
            "v": 10,
            "user": self._world.bot,
            "guilds": guilds,
            "shard": [shard, count],
            "session_id": self._session,
            "resume_gateway_url": self._base.replace("http", "ws") + "/gateway",
            "application": {"id": APP, "flags": 1 << 19},
        }

    async def _resume(self, socket: web.WebSocketResponse, asked: Json) -> None:
        if asked["session_id"] != self._session or self.forgets_sessions:
            self.forgets_sessions, self._session = False, ""
            await socket.send_json({"op": 9, "d": False})
            return
        self.resumed += 1
        self.socket, self.deaf = socket, False
        for event in [each for each in self._sent if each["s"] > asked["seq"]]:
            await socket.send_json(event)
        await self.emit("RESUMED", {})
