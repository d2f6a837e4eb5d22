"""Discord's rate limits as a bot meets them: told in headers, and a 429 for who does not heed them.

https://discord.com/developers/docs/topics/rate-limits: 50 requests a second in all; the limits of routes are not
documented. Five messages in five seconds a channel is what discord.py's users observe.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field

_ROUTE = re.compile(r"/channels/(\d+)/messages(/\d+)?")
_LIMIT = 5
_OVERALL, _OVERALL_SECONDS = 50, 1.0
_FREE = ("/interactions/", "/webhooks/")
"""Answers to interactions do not count as requests of the bot."""


@dataclass
class Bucket:
    """So many requests in so many seconds, from the first one on."""

    limit: int
    seconds: float
    left: int = 0
    ends: float = 0

    def take(self, now: float) -> float:
        """Take one; returns the seconds to wait where there is none."""
        if now >= self.ends:
            self.left, self.ends = self.limit, now + self.seconds
        if not self.left:
            return self.ends - now
        self.left -= 1
        return 0.0


@dataclass
class Buckets:
    """All limits of one bot. `seconds` is that of a channel; `refused` counts the requests that did not heed them."""

    seconds: float = 5.0
    refused: int = 0
    _overall: Bucket = field(default_factory=lambda: Bucket(_OVERALL, _OVERALL_SECONDS))
    _routes: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def take(self, method: str, path: str) -> tuple[float, dict[str, str]]:
        """Count a request; returns the seconds to wait where it is refused, and the headers that tell."""
        now = time.monotonic()
        if path.startswith(_FREE):
            return 0.0, {}
        if wait := self._overall.take(now):
            self.refused += 1
            return wait, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", **_retry(wait)}
        match = _ROUTE.fullmatch(path)
        if match is None or method not in ("POST", "PATCH"):
            return 0.0, {}
        bucket = self._routes.setdefault((method, match[1]), Bucket(_LIMIT, self.seconds))
        wait = bucket.take(now)
        told = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + bucket.ends - now:.3f}",
            "X-RateLimit-Reset-After": f"{bucket.ends - now:.3f}",
            "X-RateLimit-Bucket": f"{method.lower()}-messages",
        }
        if wait:
            self.refused += 1
            told |= {"X-RateLimit-Scope": "user", **_retry(wait)}
        return wait, told


def _retry(wait: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(wait))}
