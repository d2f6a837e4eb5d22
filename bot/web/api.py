"""The same over HTTP, for programs: a token each, files streamed, JSON back."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from bot.cases.lookup import CaseView
from bot.cases.model import State
from bot.chat.receipts import receipt_text
from bot.desk import Desk
from bot.settings import Settings
from bot.web.doing import case_of, waiting_words
from bot.web.door import submission
from bot.web.refused import Refused
from bot.web.spool import Spool
from bot.web.uploads import UploadLimits, read_upload
from bot.web.visitors import Visitor

_LONGEST_WAIT = 60.0
_POLL = 0.1
_BEARER = "Bearer "
DESCRIPTION = Path(__file__).with_name("openapi.yaml")


class Api:
    """Handlers under /api/v1."""

    def __init__(self, desk: Desk, spool: Spool, settings: Settings) -> None:
        self._desk = desk
        self._spool = spool
        self._limits = UploadLimits(settings.case_files, settings.case_mib)
        self._rate = _Rate(settings.web_api_minute)

    def routes(self) -> Sequence[web.RouteDef]:
        """Return them."""
        return (
            web.post("/api/v1/diagnose", self.diagnose),
            web.get(r"/api/v1/cases/{case:[0-9A-Z]{4,12}}", self.case),
            web.get("/api/v1/openapi.json", self.description),
        )

    async def diagnose(self, request: web.Request) -> web.Response:
        """Take a case in; with ``wait`` seconds the answer is in the reply where it comes in time."""
        name = await self._who(request)
        wait = _seconds(request.query.getall("wait", ["0"]))
        thread, words = secrets.token_hex(16), self._desk.knowledge.web.upload
        upload = await read_upload(request, self._spool, thread, self._limits, words)
        said = upload.fields.get("message", "").strip()
        if not said and not upload.files:
            raise Refused(400, words.empty)
        person = _person(name)
        receipt = await self._desk.receive(submission(person, thread, said, upload.files), told=True)
        if not receipt.case:
            await self._spool.drop(thread)
            raise Refused(429, receipt_text(receipt, self._desk.knowledge))
        view = await self._waited(receipt.case, person, wait)
        done = view is not None and view.state is State.ANSWERED
        return web.json_response(self._said(receipt.case, view), status=200 if done else 202)

    async def case(self, request: web.Request) -> web.Response:
        """A case of the same token."""
        person = _person(await self._who(request))
        view = await case_of(self._desk, request.match_info["case"], Visitor(person, new=False))
        if view is None or not view.mine:
            raise Refused(404)
        return web.json_response(self._said(view.ref.id, view))

    async def description(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """What this file does, for programs."""
        described = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
        return web.json_response(described, headers={"Cache-Control": "max-age=3600"})

    async def _who(self, request: web.Request) -> str:
        given = request.headers.get("Authorization", "")
        name = await self._desk.tokens.name(given.removeprefix(_BEARER)) if given.startswith(_BEARER) else None
        if name is None:
            raise Refused(401, self._desk.knowledge.web.token)
        if not self._rate.admits(name):
            raise Refused(429)
        return name

    async def _waited(self, case: str, person: str, seconds: float) -> CaseView | None:
        until = time.monotonic() + seconds
        while True:
            view = await case_of(self._desk, case, Visitor(person, new=False))
            if view is None or view.state is State.ANSWERED or time.monotonic() >= until:
                return view
            await asyncio.sleep(_POLL)

    def _said(self, case: str, view: CaseView | None) -> dict[str, Any]:
        done = view is not None and view.state is State.ANSWERED
        report = view.report if view is not None and done else None
        return {
            "case": case,
            "state": "answered" if done else "waiting",
            "notice": (view.notice if view is not None and done else waiting_words(None, self._desk.knowledge)),
            # numbers that JSON has no words for are null in the report already
            "report": json.loads(json.dumps(report, allow_nan=False)) if report is not None else None,
        }


class _Rate:
    """So many requests a minute and name, in a sliding window."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: dict[str, deque[float]] = {}

    def admits(self, name: str) -> bool:
        now = time.monotonic()
        seen = self._seen.setdefault(name, deque())
        while seen and seen[0] <= now - 60:
            seen.popleft()
        if len(seen) >= self._most:
            return False
        seen.append(now)
        return True


def _person(token: str) -> str:
    return f"token {token}"


def _seconds(given: Sequence[str]) -> float:
    try:
        (text,) = given
        seconds = float(text)
    except ValueError as error:
        raise Refused(400) from error
    if not 0 <= seconds <= _LONGEST_WAIT:  # neither is NaN
        raise Refused(400)
    return seconds
