"""The adapter: what the desk asks of Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cases.model import CaseRef, FileRef, Place, Progress, Reply
from bot.desk import Desk, Posted
from bot.digest.model import Digest
from bot.logs import get_log
from bot.settings import SettingsError
from bot.slack.api import Api, web_client
from bot.slack.connection import Connection
from bot.slack.errors import is_bad_token, reason
from bot.slack.submissions import PLATFORM
from bot.wire.download import make_session

_log = get_log(__name__)
_LONGEST_WAIT = 300.0
_PASSING = (aiohttp.ClientError, OSError, asyncio.TimeoutError, SlackApiError)
_OF_BOT = (
    "Slack does not accept LORA_TRIAGE_SLACK_BOT_TOKEN; copy the Bot User OAuth Token, xoxb-..., from "
    "api.slack.com/apps, OAuth & Permissions."
)
_OF_APP = (
    "Slack does not accept LORA_TRIAGE_SLACK_APP_TOKEN; make one, xapp-..., with the scope connections:write at "
    "api.slack.com/apps, Basic Information, App-Level Tokens."
)


class SlackAdapter:
    """One app in one workspace."""

    platform = PLATFORM

    def __init__(self, bot_token: str, app_token: str, connections: int = 1) -> None:
        self._bot_token = bot_token
        self._app_token = app_token
        self._connections = connections
        self._connection: Connection | None = None
        self._connected = asyncio.Event()

    async def run(self, desk: Desk) -> None:
        """Connect, and hand every event to the desk, until cancelled; raises `SettingsError` where that cannot work."""
        async with self._logged_in(desk) as (client, connection):
            link = await _asked(lambda: client.apps_connections_open(app_token=self._app_token), _OF_APP)
            await connection.run(str(link["url"]), self._connections)

    async def answer(self, desk: Desk) -> None:
        """Log in to answer alone, until cancelled; raises `SettingsError` where that cannot work."""
        async with self._logged_in(desk):
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _logged_in(self, desk: Desk) -> AsyncIterator[tuple[AsyncWebClient, Connection]]:
        async with make_session() as session, web_client(self._bot_token) as client:
            who = await _asked(client.auth_test, _OF_BOT)
            scopes = frozenset(filter(None, str(who.headers.get("x-oauth-scopes") or "").replace(" ", "").split(",")))
            api = Api(client, str(who["team_id"]), str(who["user_id"]), str(who["bot_id"]), scopes)
            self._connection = Connection(api, desk, session, self._app_token)
            self._connected.set()
            try:
                yield client, self._connection
            finally:
                self._connected.clear()

    async def fetch(self, file: FileRef, place: Place, target: Path, limit: int) -> None:  # noqa: ARG002
        """Stream a file to disk; its place does not matter, since Slack knows files by themselves."""
        await (await self._ready()).files.fetch(file, target, limit)

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Post the reply of a case."""
        return await (await self._ready()).posts.send(said, nonce)

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        """Make an earlier reply say something else."""
        await (await self._ready()).posts.edit(posted, said)

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:
        """Return the reply to a case if it was posted: it bears the nonce."""
        return await (await self._ready()).posts.find(case, nonce)

    async def remove(self, posted: Posted) -> None:
        """Take a reply down."""
        await (await self._ready()).posts.remove(posted)

    async def send_digest(self, digest: Digest, place: Place, nonce: str) -> Posted:
        """Post a digest."""
        return await (await self._ready()).digests.send(digest, place, nonce)

    async def find_digest(self, digest: Digest, place: Place, nonce: str, since: float) -> Posted | None:
        """Return a digest if it was posted: it bears the nonce."""
        return await (await self._ready()).digests.find(digest, place, nonce, since)

    async def _ready(self) -> Connection:
        await self._connected.wait()
        assert self._connection is not None  # noqa: S101  # connected
        return self._connection


async def _asked(ask: Callable[[], Awaitable[Any]], bad_token: str) -> Any:
    """Return what Slack answers, however long it cannot be reached; raises `SettingsError` where it never will."""
    wait = 1.0
    while True:
        try:
            return await ask()
        except _PASSING as error:
            if isinstance(error, SlackApiError) and (is_bad_token(error) or reason(error) == "missing_scope"):
                raise SettingsError(bad_token) from error
            _log.warning("Slack cannot be reached yet", error=type(error).__name__, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
