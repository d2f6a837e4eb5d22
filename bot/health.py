"""A port for those who watch a process that serves no page."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.desk import Desk
from bot.settings import PREFIX, Settings, SettingsError
from bot.web.status import Status


async def health(desk: Desk, settings: Settings) -> None:
    """Answer `/healthz`, `/readyz` and `/metrics` until cancelled; raises `SettingsError` where the port is taken."""
    app = web.Application()
    app.add_routes(Status(desk, settings.role).routes())
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.web_host, settings.status_port).start()
        except OSError as error:
            raise SettingsError(
                f"Port {settings.status_port} of {settings.web_host} is taken; set {PREFIX}STATUS_PORT to another."
            ) from error
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
