"""The web page as an adapter: it serves HTTP, hands files over, and shows what is said on the page of the case."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.cases.model import CaseRef, FileRef, Place, Progress, Reply
from bot.desk import Desk, Posted
from bot.logs import get_log
from bot.settings import Settings, SettingsError
from bot.web.bucket import make_spool
from bot.web.oauth import Endpoints

if TYPE_CHECKING:
    from bot.digest.model import Digest
    from bot.web.entrance import Entrance

PLATFORM = "web"
SERVER = "page"
_log = get_log(__name__)
_HOUR = 3600.0
_PAUSE = 600.0
_CLOSING_SECONDS = 5.0


class WebAdapter:
    """Nothing is sent: the page of a case shows what the store holds."""

    platform = PLATFORM

    def __init__(self, settings: Settings, endpoints: Endpoints | None = None) -> None:
        self._settings = settings
        self._endpoints = endpoints or Endpoints()
        self.spool = make_spool(settings)
        self.port = 0
        """The port in use, once it runs."""
        self.ready = asyncio.Event()
        self.entrance: Entrance | None = None
        """How moderators get in, once it runs."""

    async def run(self, desk: Desk) -> None:
        """Serve until cancelled; raises `SettingsError` where the port is taken."""
        from bot.web.app import make_app

        app, self.entrance = make_app(desk, self.spool, self._settings, self._endpoints)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSING_SECONDS, handle_signals=False)
        logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._settings.web_host, self._settings.web_port)
            try:
                await site.start()
            except OSError as error:
                raise SettingsError(
                    f"Port {self._settings.web_port} of {self._settings.web_host} is taken; set LORA_TRIAGE_WEB_PORT "
                    "to another."
                ) from error
            self.port = runner.addresses[0][1]
            _log.info("the page is open", address=f"http://{_named(self._settings.web_host)}:{self.port}/")
            self.entrance.announce(f"http://{_named(self._settings.web_host)}:{self.port}")
            self.ready.set()
            while True:
                await self.spool.expire(max(self._settings.web_keep_hours * _HOUR, _HOUR))
                await asyncio.sleep(_PAUSE)
        finally:
            await runner.cleanup()

    async def answer(self, desk: Desk) -> None:  # noqa: ARG002
        """Hand files over, until cancelled."""
        await asyncio.Event().wait()

    async def fetch(self, file: FileRef, place: Place, target: Path, limit: int) -> None:  # noqa: ARG002
        """Hand a file over."""
        await self.spool.hand(file.id, target, limit)

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Say nothing: whoever looks at the page sees it. Files go where the operator keeps none."""
        await self._said(said)
        return Posted(nonce, said.case.place)

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:  # noqa: ARG002
        """Say nothing, as with `send`."""
        await self._said(said)

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:
        """Return the reply: the page is always there."""
        return Posted(nonce, case.place)

    async def remove(self, posted: Posted) -> None:
        """Delete the files of a case that is deleted."""
        await self.spool.drop(posted.place.thread)

    async def send_digest(self, digest: Digest, place: Place, nonce: str) -> Posted:  # noqa: ARG002
        """Do nothing: the desk shows what recurs at any time."""
        return Posted(nonce, place)

    async def find_digest(self, digest: Digest, place: Place, nonce: str, since: float) -> Posted | None:  # noqa: ARG002
        """Return it: there is nothing to post."""
        return Posted(nonce, place)

    async def _said(self, said: Reply | Progress) -> None:
        if isinstance(said, Reply) and not self._settings.web_keep_hours:
            await self.spool.drop(said.case.place.thread)


def _named(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0", "::") else host  # noqa: S104
