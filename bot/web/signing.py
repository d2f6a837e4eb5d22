"""The pages of signing in with a platform: out to it, and back with a code."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.desk import Desk
from bot.logs import get_log
from bot.web.entrance import Entrance
from bot.web.oauth import Provider, SignInError
from bot.web.pages import to
from bot.web.refused import Refused
from bot.web.visitors import Visitors

_log = get_log(__name__)
_COOKIE = "sign-in"
_SECONDS = 600
_MOST = 400


class Signing:
    """Handlers of it."""

    def __init__(
        self, desk: Desk, visitors: Visitors, entrance: Entrance, known: Mapping[str, Provider], address: str
    ) -> None:
        self._desk = desk
        self._visitors = visitors
        self._entrance = entrance
        self._known = known
        self._address = address.rstrip("/")

    def routes(self) -> Sequence[web.RouteDef]:
        """Return them."""
        return (
            web.get(r"/desk/with/{platform:[a-z]{1,20}}", self.out),
            web.get(r"/desk/with/{platform:[a-z]{1,20}}/back", self.back),
        )

    async def out(self, request: web.Request) -> web.Response:
        """Send the browser to the platform."""
        provider, back = self._provider(request)
        state = secrets.token_urlsafe(24)
        response = to(provider.address(back, state))
        self._visitors.bake(response, self._cookie, state, _SECONDS)
        return response

    async def back(self, request: web.Request) -> web.Response:
        """Let in who moderates a server here."""
        provider, back = self._provider(request)
        words = self._desk.knowledge.web
        state, known = request.query.get("state", ""), request.cookies.get(self._cookie, "")
        code = request.query.get("code", "")
        if not known or not secrets.compare_digest(state.encode(), known.encode()) or not 0 < len(code) < _MOST:
            raise Refused(403, words.not_signed_in)
        platform = request.match_info["platform"]
        try:
            identity = await provider.identify(code, back)
        except SignInError as error:
            _log.warning("somebody could not be signed in", platform=platform, error=str(error))
            raise Refused(403, words.not_signed_in) from error
        servers = await self._desk.listing.known(platform, identity.servers)
        if not servers:
            raise Refused(403, words.moderates_nothing)
        response = to("/desk")
        response.del_cookie(self._cookie, path="/")
        self._entrance.admit(f"{platform}: {identity.name}", response, tuple((platform, each) for each in servers))
        await self._desk.audit.note(f"{platform}: {identity.name}", "signed in")
        return response

    @property
    def _cookie(self) -> str:
        return f"__Host-{_COOKIE}" if self._visitors.cookie.startswith("__Host-") else _COOKIE

    def _provider(self, request: web.Request) -> tuple[Provider, str]:
        platform = request.match_info["platform"]
        provider = self._known.get(platform)
        if provider is None:
            raise Refused(404)
        base = self._address or f"{request.scheme}://{request.host}"
        return provider, f"{base}/desk/with/{platform}/back"
