"""The adapter: what the desk asks of Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import discord

from bot.cases.model import CaseRef, FileRef, Place, Progress, Reply
from bot.desk import Desk, FileGoneError, Posted
from bot.digest.model import Digest
from bot.discord.client import ALL_IN_ONE, Client, Shards, make_client
from bot.discord.errors import is_gone
from bot.discord.posts import Posts
from bot.discord.submissions import PLATFORM, attachments_of
from bot.logs import get_log
from bot.settings import SettingsError
from bot.wire.download import download, make_session
from bot.wire.links import Links

_log = get_log(__name__)
_LONGEST_WAIT = 300.0
_PASSING = (aiohttp.ClientError, OSError, asyncio.TimeoutError, discord.DiscordServerError, discord.RateLimited)


class DiscordAdapter:
    """One bot account on Discord."""

    platform = PLATFORM

    def __init__(self, token: str, shards: Shards = ALL_IN_ONE) -> None:
        self._token = token
        self._shards = shards
        self._links = Links()
        self._client: Client | None = None
        self._session: aiohttp.ClientSession | None = None
        self._connected = asyncio.Event()

    async def run(self, desk: Desk) -> None:
        """Connect, and hand every event to the desk, until cancelled; raises `SettingsError` where that cannot work."""
        async with self._logged_in(make_client(desk, self._links, self._shards)) as client:
            writing = asyncio.create_task(client.seen.run())
            try:
                await client.connect(reconnect=True)
            except discord.PrivilegedIntentsRequired as error:
                raise SettingsError(
                    "Discord does not let this bot read messages yet: in the Discord Developer Portal, Bot, switch on "
                    "Message Content Intent, then start again."
                ) from error
            finally:
                writing.cancel()
                await client.seen.flush()

    async def answer(self, desk: Desk) -> None:
        """Log in to answer alone, until cancelled; raises `SettingsError` where that cannot work."""
        async with self._logged_in(make_client(desk, self._links)):
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _logged_in(self, client: Client) -> AsyncIterator[Client]:
        async with make_session() as self._session, client as self._client:
            await self._log_in(client)
            self._connected.set()
            try:
                yield client
            finally:
                self._connected.clear()

    async def fetch(self, file: FileRef, place: Place, target: Path, limit: int) -> None:
        """Stream an attachment to disk: from the link that was seen, or a fresh one where that has run out."""
        await self._connected.wait()
        assert self._session is not None  # noqa: S101  # connected
        if link := file.handle or self._links.get(file.id):
            with suppress(FileGoneError):
                await download(self._session, link, target, limit)
                return
        await download(self._session, await self._fresh_link(file, place), target, limit)

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Post the reply of a case."""
        return await (await self._posts()).send(said, nonce)

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        """Make an earlier reply say something else."""
        await (await self._posts()).edit(posted, said)

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:  # noqa: ARG002
        """Return the reply to a case if it was posted. Discord's history does not tell nonces, so it is known by
        what it answers."""
        return await (await self._posts()).find(case)

    async def remove(self, posted: Posted) -> None:
        """Take a reply down."""
        await (await self._posts()).remove(posted)

    async def send_digest(self, digest: Digest, place: Place, nonce: str) -> Posted:
        """Post a digest."""
        return await (await self._ready()).digests.send(digest, place, nonce)

    async def find_digest(self, digest: Digest, place: Place, nonce: str, since: float) -> Posted | None:  # noqa: ARG002
        """Return a digest if it was posted, known by the week in it: Discord's history does not tell nonces."""
        return await (await self._ready()).digests.find(digest.week, place, since)

    async def _posts(self) -> Posts:
        return (await self._ready()).posts

    async def _ready(self) -> Client:
        await self._connected.wait()
        assert self._client is not None  # noqa: S101  # connected
        return self._client

    async def _log_in(self, client: Client) -> None:
        wait = 1.0
        while True:
            try:
                await client.login(self._token)
                return
            except discord.LoginFailure as error:
                raise SettingsError(
                    "Discord does not accept LORA_TRIAGE_DISCORD_TOKEN; copy a new one from the Discord Developer "
                    "Portal, Bot, Reset Token."
                ) from error
            except _PASSING as error:
                _log.warning("Discord cannot be reached yet", error=type(error).__name__, again_in=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)

    async def _fresh_link(self, file: FileRef, place: Place) -> str:
        assert self._client is not None  # noqa: S101  # connected
        channel = self._client.get_partial_messageable(int(place.thread or place.channel))
        try:
            message = await channel.fetch_message(int(file.message))
        except discord.HTTPException as error:
            if is_gone(error):
                raise FileGoneError from error
            raise
        for found in attachments_of(message):
            if str(found.id) == file.id:
                self._links.put(file.id, found.url)
                return found.url
        raise FileGoneError
