"""The script that packs a run, to be read and taken along: it needs nothing but Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

_SCRIPT = Path(__file__).resolve().parents[1] / "collect" / "lora_triage_collect.py"


def routes() -> Sequence[web.RouteDef]:
    """Return the address under which it is handed out."""
    return (web.get(f"/{_SCRIPT.name}", hand_out),)


async def hand_out(request: web.Request) -> web.FileResponse:  # noqa: ARG001
    """The file as it is."""
    headers = {
        "Content-Type": "text/x-python; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{_SCRIPT.name}"',
    }
    return web.FileResponse(_SCRIPT, headers=headers)
