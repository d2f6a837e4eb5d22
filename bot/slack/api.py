"""Slack's Web API: one client, and what every part needs to know of who we are."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messages import Json

_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=15)
_MOST_TRIES = 30
"""How often a request is sent again that Slack put off; each time after as long as Slack asks for."""
sdk_log = logging.getLogger("slack_sdk")
bolt_log = logging.getLogger("slack_bolt")


@dataclass(frozen=True, slots=True)
class Api:
    """The client, and whose it is: the workspace, our person in it, and our bot."""

    client: AsyncWebClient
    team: str
    me: str
    bot: str
    scopes: frozenset[str] = frozenset()
    """Empty where Slack did not tell."""

    def is_ours(self, message: Json) -> bool:
        """Tell whether we wrote a message."""
        return message.get("bot_id") == self.bot or message.get("user") == self.me

    def is_slacks(self, link: str) -> bool:
        """Tell whether a link leads to Slack, so that the token may go there."""
        home, there = urlsplit(self.client.base_url), urlsplit(link)
        if (there.scheme, there.port) != (home.scheme, home.port) or not there.hostname or not home.hostname:
            return False
        return there.hostname == home.hostname or there.hostname.endswith(f".{home.hostname}")

    def bearer(self) -> dict[str, str]:
        """Return what a file is asked for with."""
        return {"Authorization": f"Bearer {self.client.token}"}


@asynccontextmanager
async def web_client(token: str) -> AsyncIterator[AsyncWebClient]:
    """Open a client that keeps its connections.

    It repeats what Slack put off (429) and nothing else: of a request that failed in another way nobody knows whether
    it was carried out, and a message must not be posted twice.
    """
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        yield AsyncWebClient(
            token=token,
            session=session,
            logger=sdk_log,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=_MOST_TRIES)],
        )
