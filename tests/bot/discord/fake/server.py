"""The fake Discord on its port."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.bot.discord.fake.buckets import Buckets
from tests.bot.discord.fake.gateway import Gateway
from tests.bot.discord.fake.interactions import Interactions
from tests.bot.discord.fake.people import People
from tests.bot.discord.fake.rest import Files, Rest
from tests.bot.discord.fake.world import BOT_TOKEN, Call, Json, RefusedError, World
from tests.bot.live import until

_UPLOAD = 1 << 30


class FakeDiscord:
    """`async with FakeDiscord() as discord:`; `world` is its state, `people` what people do there."""

    async def __aenter__(self) -> FakeDiscord:
        app = web.Application(client_max_size=_UPLOAD)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/cdn/{path:.*}", self._cdn)
        app.router.add_route("*", "/api/v10{path:/.*}", self._api)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{port}"
        self.world = World()
        self.buckets = Buckets()
        self.gateway = Gateway(self.world, self.base)
        self.rest = Rest(self.world, self.gateway, self.base)
        Interactions(self.world, self.rest, self.gateway)
        self.people = People(self.world, self.rest, self.gateway)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.drop()
        await self._runner.cleanup()

    async def until(self, reached: Callable[[], Any], seconds: float = 60) -> Any:
        """Wait until `reached` returns something; returns it."""
        return await until(reached, seconds)

    async def answered(self, call: Call) -> Json:
        """Wait for the answer to an interaction; returns the message, or else the answer itself."""
        await self.until(lambda: call.answer)
        assert call.answer is not None
        return self.world.messages[call.original] if call.original else call.answer

    async def ready(self) -> None:
        """Wait until the bot is connected and has its commands."""
        await self.until(lambda: self.world.commands and self.gateway.socket is not None)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        return await self.gateway.handle(request)

    async def _cdn(self, request: web.Request) -> web.Response:
        data = self.world.blobs.get(request.match_info["path"])
        if data is None or request.query.get("hm") != str(self.world.epoch):
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=data, content_type="application/octet-stream")

    async def _api(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        body, files = await _read(request)
        self.world.requests.append((request.method, path, body))
        if not _may(request, path):
            return _answer({"code": 0, "message": "401: Unauthorized"}, 401)
        wait, limits = self.buckets.take(request.method, path)
        if wait:
            limited = {
                "message": "You are being rate limited.",
                "retry_after": wait,
                "global": "X-RateLimit-Global" in limits,
            }
            return _answer(limited, 429, limits)
        for fault in self.world.faults:
            if fault.times and fault.method == request.method and re.search(fault.path, path):
                fault.times -= 1
                if fault.after:
                    await self.rest.dispatch(request.method, path, body, files, dict(request.query))
                return _answer(fault.body, fault.status, fault.headers)
        try:
            made = await self.rest.dispatch(request.method, path, body, files, dict(request.query))
        except RefusedError as error:
            return _answer(error.body, error.status, limits)
        return web.Response(status=204) if made is None else _answer(made, headers=limits)


async def _read(request: web.Request) -> tuple[Json, Files]:
    if not request.content_type.startswith("multipart"):
        return (await request.json() if request.can_read_body else {}), []
    body: Json = {}
    files: Files = []
    async for part in await request.multipart():
        if part.name == "payload_json":  # type: ignore[union-attr]
            body = json.loads(await part.text())  # type: ignore[union-attr]
        else:
            files.append((str(part.filename), bytes(await part.read())))  # type: ignore[union-attr]
    return body, files


def _may(request: web.Request, path: str) -> bool:
    by_token = path.startswith(("/interactions/", "/webhooks/"))
    return by_token or request.headers.get("Authorization") == f"Bot {BOT_TOKEN}"


def _answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # the library wants exactly this content type, and takes a 429 without Via for a ban
    known = {"Content-Type": "application/json", "Via": "1.1 fake", **(headers or {})}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=known)
