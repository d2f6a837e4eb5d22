"""How moderators get in: a link that is printed at the start and opens once, then a session in memory."""

from __future__ import annotations

import secrets
import sys
import time
from dataclasses import dataclass

from aiohttp import web

from bot.web.visitors import Visitors
from knowledge.model import Knowledge

_HOURS = 12
_MOST = 200
_COOKIE = "desk"


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who is signed in, by the name that the audit trail shows."""

    name: str
    until: float
    servers: tuple[tuple[str, str], ...] | None = None
    """Platform and server that they moderate; None is all: whoever runs this."""

    def sees(self, platform: str, server: str) -> bool:
        """Tell whether a case of that server is theirs to see."""
        return self.servers is None or (platform, server) in self.servers


class Entrance:
    """Knows who is signed in. Sessions end with the program: a new link is printed then."""

    def __init__(self, visitors: Visitors, knowledge: Knowledge) -> None:
        self._visitors = visitors
        self._knowledge = knowledge
        self._key = secrets.token_urlsafe(24)
        self._sessions: dict[str, Moderator] = {}
        self._cookie = f"__Host-{_COOKIE}" if visitors.cookie.startswith("__Host-") else _COOKIE

    @property
    def path(self) -> str:
        """The way in, as long as nobody has taken it."""
        return f"/desk/enter?key={self._key}"

    def announce(self, address: str) -> None:
        """Print where the page is and how moderators get in: on the terminal alone, never into a log."""
        words = self._knowledge.web
        sys.stdout.write(
            f"{words.page.format(address=address)}/\n{words.entrance.format(address=address + self.path)}\n"
        )
        sys.stdout.flush()

    def enter(self, key: str, response: web.StreamResponse) -> bool:
        """Let in who has the key; it is used up by that."""
        if not self._key or not secrets.compare_digest(key.encode(), self._key.encode()):
            return False
        self._key = ""
        self.admit("link", response)
        return True

    def admit(
        self, name: str, response: web.StreamResponse, servers: tuple[tuple[str, str], ...] | None = None
    ) -> None:
        """Sign somebody in, for some servers or for all."""
        session = secrets.token_urlsafe(24)
        if len(self._sessions) >= _MOST:
            self._sessions.pop(min(self._sessions, key=lambda each: self._sessions[each].until))
        self._sessions[session] = Moderator(name, time.time() + _HOURS * 3600, servers)
        self._visitors.bake(response, self._cookie, session, _HOURS * 3600)

    def who(self, request: web.Request) -> Moderator | None:
        """Return who is signed in, if anybody."""
        found = self._sessions.get(request.cookies.get(self._cookie, ""))
        return found if found is not None and found.until > time.time() else None

    def leave(self, request: web.Request, response: web.Response) -> None:
        """Sign out."""
        self._sessions.pop(request.cookies.get(self._cookie, ""), None)
        response.del_cookie(self._cookie, path="/")
