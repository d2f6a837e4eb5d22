"""Files that people uploaded: what Slack knows of them, and their bytes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.cases.model import FileRef
from bot.desk import FileGoneError
from bot.logs import get_log
from bot.slack.api import Api
from bot.slack.errors import is_refused, reason
from bot.slack.messages import Json
from bot.slack.submissions import link_of
from bot.wire.download import download
from bot.wire.links import Links

_log = get_log(__name__)
_UNTOLD = "check_file_info"
_TELL_SECONDS = 2.0
"""Slack waits 3 s for an acknowledgement; what is not told by then is asked for when the event comes again."""
_OF_FILES = frozenset(
    {"file_deleted", "file_not_found", "files_hidden_by_limit", "slack_connect_file_upload_sharing_blocked"}
)


class Files:
    """Looks files up, and fetches them."""

    def __init__(self, api: Api, session: aiohttp.ClientSession, links: Links) -> None:
        self._api = api
        self._session = session
        self._links = links

    async def told(self, files: tuple[Json, ...]) -> tuple[Json, ...]:
        """Return files with their names and sizes, where Slack kept them back; those that are gone are left out.

        Raises TimeoutError, and whatever Slack answers when it is in trouble.
        """
        if all(file.get("file_access") != _UNTOLD for file in files):
            return files
        async with asyncio.timeout(_TELL_SECONDS):
            found = await asyncio.gather(*(self._told(file) for file in files))
        return tuple(file for file in found if file is not None)

    async def fetch(self, file: FileRef, target: Path, limit: int) -> None:
        """Stream a file to disk: from the link that was seen, or a fresh one."""
        if link := file.handle or self._links.get(file.id):
            with suppress(FileGoneError):
                await self._download(link, file, target, limit)
                return
        info = await self.info(file.id)
        link = link_of(info)
        if not link:
            raise FileGoneError
        self._links.put(file.id, link)
        await self._download(link, file, target, limit)

    async def info(self, file: str) -> Json:
        """Return what Slack knows of a file. Raises FileGoneError where it knows none, or does not tell us."""
        try:
            found: Json = (await self._api.client.files_info(file=file))["file"]
        except SlackApiError as error:
            if reason(error) in _OF_FILES or is_refused(error):
                if reason(error) == "missing_scope":
                    _log.error("Slack does not let this app read files: give it the scope files:read, install it anew")
                raise FileGoneError from error
            raise
        return found

    async def _told(self, file: Json) -> Json | None:
        if file.get("file_access") != _UNTOLD:
            return file
        try:
            return await self.info(str(file["id"]))
        except FileGoneError:
            return None

    async def _download(self, link: str, file: FileRef, target: Path, limit: int) -> None:
        if not self._api.is_slacks(link):
            _log.info("a file lies elsewhere than on Slack and is left alone")
            raise FileGoneError

        def is_file(response: aiohttp.ClientResponse) -> bool:
            # without files:read Slack answers 200 with its sign-in page; a page that a person uploaded has the size
            # that was told
            return response.content_type != "text/html" or response.content_length == file.size

        await download(self._session, link, target, limit, self._api.bearer(), is_file)
