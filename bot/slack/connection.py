"""The connection: bolt's Socket Mode with our parts behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.desk import Desk
from bot.logs import get_log
from bot.slack.answers import Answers
from bot.slack.api import Api, sdk_log
from bot.slack.app import make_app
from bot.slack.catchup import OVERLAP, catch_up
from bot.slack.commands import Commands
from bot.slack.digests import Digests
from bot.slack.events import Events
from bot.slack.files import Files
from bot.slack.forms import Forms
from bot.slack.home import Home
from bot.slack.messages import Json
from bot.slack.people import People
from bot.slack.posts import Posts
from bot.slack.presses import Presses
from bot.slack.sharing import Sharing
from bot.slack.submissions import PLATFORM
from bot.wire.links import Links
from bot.wire.seen import Seen

_log = get_log(__name__)
_PING_SECONDS = 5.0
NEEDED = frozenset(
    {"channels:history", "channels:read", "chat:write", "commands", "files:read", "files:write", "users:read"}
)
"""Scopes without which something that people see does not work."""


class Connection:
    """Everything that belongs to one connection to a workspace."""

    def __init__(self, api: Api, desk: Desk, session: aiohttp.ClientSession, app_token: str) -> None:
        links = Links()
        self._api = api
        self._desk = desk
        self._app_token = app_token
        self._seen = Seen(desk.positions, PLATFORM, OVERLAP)
        self.files = Files(api, session, links)
        sharing, people = Sharing(api, session), People(api)
        self.posts = Posts(api, desk, sharing)
        self.digests = Digests(api, desk, sharing)
        self._events = Events(api, desk, self.files, links, self._seen)
        answers, home = Answers(api, desk, people, sharing), Home(api, desk, people)
        commands = Commands(api, desk, people, answers, self.files, links)
        presses, forms = Presses(api, desk, people, answers, home), Forms(api, desk, self.files, links)
        self._app = make_app(api, desk, self._events, commands, presses, forms, home)
        self._catching_up: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    async def run(self, link: str, connections: int) -> None:
        """Listen until cancelled, on so many connections, the first of which begins at `link`."""
        if self._api.scopes and (missing := NEEDED - self._api.scopes):
            _log.error("this Slack app may not do all it should; install it anew with", scopes=sorted(missing))
        await self._seen.load()
        handlers = [self._handler() for _ in range(connections)]
        handlers[0].client.wss_uri = link
        writing = asyncio.create_task(self._seen.run())
        try:
            for handler in handlers:
                await handler.connect_async()  # type: ignore[no-untyped-call]
            await asyncio.Event().wait()
        finally:
            for task in (writing, *self._catching_up):
                task.cancel()
            for handler in handlers:
                await handler.close_async()  # type: ignore[no-untyped-call]
            await self._seen.flush()

    def _handler(self) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(
            self._app, self._app_token, logger=sdk_log, web_client=self._api.client, ping_interval=_PING_SECONDS
        )
        handler.client.message_listeners.append(self._heard)
        return handler

    async def _heard(self, _client: Any, message: Json, _raw: str | None) -> None:
        """Called for each frame; the first of a connection says hello, and what came before it may be missed."""
        if message.get("type") == "hello":
            _log.info("connected", platform=PLATFORM)
            task = asyncio.create_task(self._catch_up())
            self._catching_up.add(task)
            task.add_done_callback(self._catching_up.discard)

    async def _catch_up(self) -> None:
        async with self._one_at_a_time:
            try:
                await catch_up(self._api, self._desk, self._seen, self._events)
            except Exception as error:
                _log.warning("what was missed could not be read", error=type(error).__name__)
