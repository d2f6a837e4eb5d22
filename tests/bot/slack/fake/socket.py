"""Socket Mode: envelopes to the bot, its acknowledgements, and everything that may go wrong with a connection."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.bot.slack.fake.world import APP, BOT_USER, TEAM, Json, World

ACK_SECONDS = 3.0


@dataclass
class Envelope:
    """Something sent to the bot. `seconds` is how long the first acknowledgement took."""

    body: Json
    at: float
    attempts: int = 0
    seconds: float | None = None
    answer: Json | None = None
    retrying: asyncio.Task[None] | None = field(default=None, repr=False)


class Socket:
    """Up to ten connections; each envelope goes over the newest. Events that nobody acknowledges are sent again, but
    not while no connection is up, and what happens meanwhile is never sent: https://github.com/slackapi/bolt-python/issues/1071
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._tickets: set[str] = set()
        self.connections: list[web.WebSocketResponse] = []
        self.connected = 0
        """How many connections there were so far."""
        self.envelopes: dict[str, Envelope] = {}
        self.retry_after: tuple[float, ...] = (ACK_SECONDS, 60.0, 300.0)
        """Seconds from one delivery to the next."""
        self.deaf = False
        """Whether acknowledgements and everything else that the bot says are lost on the way."""

    def url(self, base: str) -> str:
        """Return an address to connect to, once."""
        ticket = self._world.number("ticket-")
        self._tickets.add(ticket)
        return f"{base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"

    async def event(self, event: Json, event_id: str = "") -> Envelope | None:
        """Send an event; returns None where nobody is connected: then it is lost."""
        if not self.connections:
            return None
        authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
        payload = {
            "token": "verification-token",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": {"event_ts": event.get("ts") or self._world.ts(), **event},
            "type": "event_callback",
            "event_id": event_id or self._world.number("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{**authorization, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": self._world.number("4-"),
        }
        return await self.push("events_api", payload, False)

    async def push(self, kind: str, payload: Json, answerable: bool = True) -> Envelope:
        """Send an envelope; events are sent again until they are acknowledged."""
        number = self._world.number("envelope-")
        body: Json = {"envelope_id": number, "type": kind, "payload": payload}
        body["accepts_response_payload"] = answerable
        envelope = self.envelopes[number] = Envelope(body, time.monotonic())
        if kind == "events_api":
            envelope.body |= {"retry_attempt": 0, "retry_reason": ""}
            envelope.retrying = asyncio.create_task(self._retry(envelope))
        await self._send(envelope)
        return envelope

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell the bot to connect anew; the connection is closed soon after."""
        for each in list(self.connections):
            await each.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}})

    async def drop(self) -> None:
        """Break all connections."""
        for each in list(self.connections):
            await each.close(code=1001)

    async def close(self) -> None:
        """End everything."""
        for each in self.envelopes.values():
            if each.retrying is not None:
                each.retrying.cancel()
        await self.drop()

    def late(self) -> list[Envelope]:
        """Return what was acknowledged later than Slack waits."""
        return [each for each in self.envelopes.values() if (each.seconds or 0) > ACK_SECONDS]

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections.append(socket)
        self.connected += 1
        hello = {"type": "hello", "num_connections": len(self.connections), "connection_info": {"app_id": APP}}
        await socket.send_json({**hello, "debug_info": {"host": "applink-fake", "approximate_connection_time": 18060}})
        async for message in socket:
            if message.type is WSMsgType.TEXT and not self.deaf:
                self._acknowledged(json.loads(message.data))
        if socket in self.connections:
            self.connections.remove(socket)
        return socket

    def _acknowledged(self, said: Any) -> None:
        envelope = self.envelopes.get(said.get("envelope_id", ""))
        if envelope is None:
            self._world.unknown.append(f"acknowledged {said!r}")
            return
        if envelope.seconds is None:
            envelope.seconds, envelope.answer = time.monotonic() - envelope.at, said.get("payload") or {}
            if envelope.retrying is not None:
                envelope.retrying.cancel()

    async def _send(self, envelope: Envelope) -> None:
        while self.connections:
            try:
                await self.connections[-1].send_json(envelope.body)
            except ConnectionError:
                self.connections.pop()
                continue
            envelope.attempts += 1
            return

    async def _retry(self, envelope: Envelope) -> None:
        for number, seconds in enumerate(self.retry_after, 1):
            await asyncio.sleep(seconds)
            envelope.body |= {"retry_attempt": number, "retry_reason": "timeout"}
            await self._send(envelope)
