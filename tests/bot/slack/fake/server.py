"""The fake Slack on its port."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.bot.live import until
from tests.bot.slack.fake.files import Files
from tests.bot.slack.fake.people import People
from tests.bot.slack.fake.socket import Socket
from tests.bot.slack.fake.views import Answers, Views
from tests.bot.slack.fake.web_api import WebApi
from tests.bot.slack.fake.world import APP_TOKEN, BOT_TOKEN, Call, Json, RefusedError, World, rate_limited

_UPLOAD = 1 << 30
_AS_JSON = ("blocks", "view", "files", "metadata", "attachments", "file_ids")


class FakeSlack:
    """`async with FakeSlack() as slack:`; `world` is its state, `people` what people do there."""

    async def __aenter__(self) -> FakeSlack:
        app = web.Application(client_max_size=_UPLOAD)
        app.router.add_get("/link/", self._link)
        app.router.add_get("/files-pri/{file}/{name:.*}", self._download)
        app.router.add_get("/sign-in", self._sign_in)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_post("/actions/{team}/{call}", self._response)
        app.router.add_route("*", "/api/{method}", self._api)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.world = World()
        self.socket = Socket(self.world)
        self.api = WebApi(self.world, self.socket, self.base)
        self.files = Files(self.world, self.api, self.base)
        views = Views(self.world, self.api)
        self.answers = Answers(self.world, self.api, views)
        self.people = People(self.world, self.socket, self.api, self.files, self.answers, self.base)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        await self._runner.cleanup()

    async def until(self, reached: Callable[[], Any], seconds: float = 60) -> Any:
        """Wait until `reached` returns something; returns it."""
        return await until(reached, seconds)

    async def answered(self, call: Call) -> Json:
        """Wait for what a call shows to who called: a message, a view, or the mistakes in a form."""
        shown = self.world.shown

        def found() -> Json | None:
            return next((each.what for each in shown[call.begun :] if each.user == call.user["id"]), None)

        what: Json = await self.until(found)
        return what

    async def acknowledged(self, call: Call) -> None:
        """Wait for the acknowledgement of a call, and what it brings about."""
        await self.until(lambda: call.ack is not None)

    def complaints(self) -> list[str]:
        """Return all that Slack did not understand, refused, or waited for in vain."""
        late = [f"{each.body['type']} after {each.seconds:.1f} s" for each in self.socket.late()]
        return [*self.world.unknown, *self.world.refused, *late]

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        return await self.socket.handle(request)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        return self._trouble(request.path) or await self.files.download(request)

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        return await self.files.sign_in(request)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        return self._trouble(request.path) or await self.files.upload(request)

    async def _response(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.world.requests.append(("response_url", asked))
        return self._trouble("response_url") or await self.answers.response(request, asked)

    async def _api(self, request: web.Request) -> web.Response:
        method, asked = request.match_info["method"], await _read(request)
        self.world.requests.append((method, asked))
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if request.headers.get("Authorization") != f"Bearer {wanted}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        for fault in self.world.faults:
            if fault.times and re.fullmatch(fault.method, method):
                fault.times -= 1
                if fault.after:
                    await self.api.dispatch(method, asked)
                return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        if method == "chat.postMessage" and not self.world.may_post(str(asked.get("channel"))):
            limited = rate_limited(method)
            return web.json_response(limited.body, status=limited.status, headers=limited.headers)
        try:
            return web.json_response(await self.api.dispatch(method, asked))
        except RefusedError as error:
            return web.json_response(error.body)

    def _trouble(self, path: str) -> web.Response | None:
        for fault in self.world.faults:
            if fault.times and re.fullmatch(fault.method, path):
                fault.times -= 1
                return web.Response(text="trouble", status=fault.status, headers=fault.headers)
        return None


async def _read(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json()) if request.can_read_body else {}
    asked: Json = {**request.query, **dict(await request.post())}
    for name in _AS_JSON:
        if isinstance(asked.get(name), str):
            asked[name] = json.loads(asked[name])
    return asked
