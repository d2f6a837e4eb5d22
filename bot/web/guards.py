"""What every request passes and every answer bears: known host, own origin, strict rules for the browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.logs import get_log
from bot.web.refused import Refused

_log = get_log(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Failed = Callable[[web.Request, int, str], web.Response]
"""Draws the page of a status, with what there is to say about it."""
_RULES = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # the address of a shared page is its secret; with no-referrer, forms would say that they come from nowhere
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE = frozenset({"GET", "HEAD"})


def hosts(address: str) -> frozenset[str]:
    """Return the names under which the page may be asked for: this machine's own, and that of `address`."""
    return _LOCAL | ({(urlsplit(address).hostname or "").lower()} if address else set())


def guard(known: frozenset[str], failed: Failed) -> Handler:
    """Return the middleware; `failed` draws what went wrong."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _host(request) not in known:
            # a name that somebody else pointed at us
            response: web.StreamResponse = web.Response(status=421, text="This is not the page you asked for.\n")
        elif request.method not in _SAFE and not _own(request):
            response = failed(request, 403, "")
        else:
            response = await _answered(request, handler, failed)
        if not response.prepared:
            response.headers.update({name: rule for name, rule in _RULES.items() if name not in response.headers})
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded  # type: ignore[return-value]  # aiohttp's own type of a middleware


async def _answered(request: web.Request, handler: Handler, failed: Failed) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        response = failed(request, error.status, error.reason)
        # what else may be asked here
        response.headers.update({name: error.headers[name] for name in ("Allow",) if name in error.headers})
        return response
    except Refused as error:
        return failed(request, error.status, str(error))
    except ConnectionResetError:
        raise
    except Exception as error:
        _log.exception("a page failed", path=request.match_info.route.name, error=type(error).__name__)
        return failed(request, 500, "")


def _host(request: web.Request) -> str:
    try:
        found = urlsplit(f"//{request.host}")
        name = found.hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name.lower()


def _own(request: web.Request) -> bool:
    """Tell whether a browser says that a page of ours sends this; a program says nothing of the kind."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
