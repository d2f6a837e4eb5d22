"""Signing in with Discord or Slack: who moderates a server there may see its cases here, and no other's.

Discord: OAuth2 code grant, scopes ``identify guilds`` (docs.discord.com, Topics, OAuth2). Slack: OpenID Connect
(docs.slack.dev, Sign in with Slack); whether the person manages the workspace is asked with the bot's own token.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.settings import Settings

_MANAGE = 1 << 3 | 1 << 5 | 1 << 13
"""Discord's permissions Administrator, Manage Server and Manage Messages: any of them makes a moderator."""
_SECONDS = aiohttp.ClientTimeout(total=20)
_MOST = 200
_SLACK_USER, _SLACK_TEAM = "https://slack.com/user_id", "https://slack.com/team_id"


class SignInError(Exception):
    """Somebody could not be signed in: the platform refused, or they moderate nothing here."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, and which servers of the platform they moderate."""

    name: str
    servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the platforms are; tests have their own."""

    discord: str = "https://discord.com"
    slack: str = "https://slack.com"


class Provider:
    """One platform to sign in with."""

    def __init__(
        self, title: str, authorize: str, client: Mapping[str, str], identify: Callable[[str, str], Awaitable[Identity]]
    ) -> None:
        self.title = title
        self._authorize = authorize
        self._client = client
        self._identify = identify

    def address(self, back: str, state: str) -> str:
        """Return where to send the browser; it comes `back` with the `state` and a code."""
        return f"{self._authorize}?{urlencode({**self._client, 'redirect_uri': back, 'state': state})}"

    async def identify(self, code: str, back: str) -> Identity:
        """Return who has the code; raises `SignInError`."""
        try:
            return await self._identify(code, back)
        except (aiohttp.ClientError, TimeoutError, KeyError, TypeError, ValueError) as error:
            raise SignInError(type(error).__name__) from error


def providers(settings: Settings, endpoints: Endpoints) -> dict[str, Provider]:
    """Return those whose id and secret are set."""
    found: dict[str, Provider] = {}
    if settings.web_discord_id and settings.web_discord_secret:
        client = {"response_type": "code", "client_id": settings.web_discord_id, "scope": "identify guilds"}
        authorize = f"{endpoints.discord}/oauth2/authorize"
        found["discord"] = Provider("Discord", authorize, client, _discord(settings, endpoints.discord))
    if settings.web_slack_id and settings.web_slack_secret and settings.slack_bot_token:
        client = {"response_type": "code", "client_id": settings.web_slack_id, "scope": "openid profile"}
        authorize = f"{endpoints.slack}/openid/connect/authorize"
        found["slack"] = Provider("Slack", authorize, client, _slack(settings, endpoints.slack))
    return found


def _discord(settings: Settings, base: str) -> Callable[[str, str], Awaitable[Identity]]:
    assert settings.web_discord_secret is not None  # noqa: S101  # it is asked for only where there is one
    secret = f"{settings.web_discord_id}:{settings.web_discord_secret.get_secret_value()}"
    login = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}

    async def identify(code: str, back: str) -> Identity:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        async with aiohttp.ClientSession(timeout=_SECONDS, raise_for_status=True) as session:
            token = await _posted(session, f"{base}/api/v10/oauth2/token", asked, headers=login)
            bearer = {"Authorization": f"Bearer {token['access_token']}"}
            async with session.get(f"{base}/api/v10/users/@me", headers=bearer) as response:
                name = str((await response.json())["username"])
            async with session.get(f"{base}/api/v10/users/@me/guilds", headers=bearer) as response:
                guilds = (await response.json())[:_MOST]
        servers = tuple(str(each["id"]) for each in guilds if each.get("owner") or int(each["permissions"]) & _MANAGE)
        return Identity(name, servers)

    return identify


def _slack(settings: Settings, base: str) -> Callable[[str, str], Awaitable[Identity]]:
    assert settings.web_slack_secret is not None  # noqa: S101  # as above
    assert settings.slack_bot_token is not None  # noqa: S101
    client = {"client_id": settings.web_slack_id, "client_secret": settings.web_slack_secret.get_secret_value()}
    bot = {"Authorization": f"Bearer {settings.slack_bot_token.get_secret_value()}"}

    async def identify(code: str, back: str) -> Identity:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, **client}
        async with aiohttp.ClientSession(timeout=_SECONDS, raise_for_status=True) as session:
            token = await _posted(session, f"{base}/api/openid.connect.token", asked)
            bearer = {"Authorization": f"Bearer {token['access_token']}"}
            who = await _posted(session, f"{base}/api/openid.connect.userInfo", {}, headers=bearer)
            user = {"user": who[_SLACK_USER]}
            found = await _posted(session, f"{base}/api/users.info", user, headers=bot)
        manages = found["user"].get("is_admin") or found["user"].get("is_owner")
        # a person of another workspace is not known to our bot, or is a guest of this one
        here = found["user"].get("team_id") == who[_SLACK_TEAM]
        return Identity(str(who.get("name") or who[_SLACK_USER]), (str(who[_SLACK_TEAM]),) if manages and here else ())

    return identify


async def _posted(session: aiohttp.ClientSession, address: str, form: Mapping[str, str], **more: Any) -> dict[str, Any]:
    async with session.post(address, data=form, **more) as response:
        answer: dict[str, Any] = await response.json()
    if answer.get("ok") is False:
        raise SignInError(str(answer.get("error")))
    return answer
