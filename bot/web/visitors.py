"""Who looks at the page: a random number in a cookie, nothing else. Forms bear a mark that only their page knows."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

_VISITOR = re.compile(r"[0-9a-f]{32}")
_DAYS = 180
_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser; `id` is what cases go by."""

    id: str
    new: bool


class Visitors:
    """Gives cookies and checks forms. Over https the cookie is bound to this host alone (``__Host-``)."""

    def __init__(self, key: bytes, secure: bool) -> None:
        self._key = hmac.new(key, b"visitors", hashlib.sha256).digest()
        self._secure = secure
        self.cookie = "__Host-visitor" if secure else "visitor"

    def of(self, request: web.Request) -> Visitor:
        """Return who asks."""
        known = request.cookies.get(self.cookie, "")
        return Visitor(known, False) if _VISITOR.fullmatch(known) else Visitor(secrets.token_hex(16), True)

    def remember(self, visitor: Visitor, response: web.StreamResponse) -> None:
        """Give a new one the cookie."""
        if visitor.new:
            self.bake(response, self.cookie, visitor.id, _DAYS * _SECONDS)

    def bake(self, response: web.StreamResponse, name: str, value: str, seconds: int) -> None:
        """Set a cookie that no script reads and no other page sends along with a form."""
        response.set_cookie(name, value, max_age=seconds, httponly=True, secure=self._secure, samesite="Lax", path="/")

    def mark(self, visitor: Visitor) -> str:
        """Return what the forms of this visitor bear."""
        return hmac.new(self._key, visitor.id.encode(), hashlib.sha256).hexdigest()[:32]

    def is_ours(self, visitor: Visitor, fields: Mapping[str, str]) -> bool:
        """Tell whether a form came from a page of this visitor."""
        return not visitor.new and hmac.compare_digest(fields.get("mark", "").encode(), self.mark(visitor).encode())
