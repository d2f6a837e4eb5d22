"""Signing in with Discord and Slack, against servers that answer as theirs are documented to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.cases.listing import Wanted
from bot.cases.model import Place, Submission
from bot.web.oauth import Endpoints
from tests.bot.asynchronous import run_async
from tests.bot.web.site import Answer, Browser, Site, opened

IDS: dict[str, Any] = {
    "web_discord_id": "11",
    "web_discord_secret": SecretStr("d-secret"),
    "web_slack_id": "22",
    "web_slack_secret": SecretStr("s-secret"),
    "slack_bot_token": SecretStr("xoxb-bot"),
    "slack_app_token": SecretStr("xapp-app"),
}


@dataclass
class Platforms:
    """Both platforms in one server: they hand a code out, and tell who has it."""

    guilds: list[dict[str, Any]] = field(default_factory=list)
    admin: bool = True
    team: str = "T1"
    base: str = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/api/v10/oauth2/token", self.discord_token),
                web.get("/api/v10/users/@me", self.me),
                web.get("/api/v10/users/@me/guilds", self.my_guilds),
                web.post("/api/openid.connect.token", self.slack_token),
                web.post("/api/openid.connect.userInfo", self.who),
                web.post("/api/users.info", self.user),
            ]
        )
        return app

    async def discord_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        # the client id and secret in Basic authentication
        right = request.headers["Authorization"] == "Basic MTE6ZC1zZWNyZXQ=" and form["code"] == "good"
        if not right or form["grant_type"] != "authorization_code" or not str(form["redirect_uri"]).endswith("/back"):
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": "a1", "token_type": "Bearer"})

    async def me(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer a1"
        return web.json_response({"id": "5", "username": "ann"})

    async def my_guilds(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer a1"
        return web.json_response(self.guilds)

    async def slack_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["code"] != "good" or form["client_secret"] != "s-secret":
            return web.json_response({"ok": False, "error": "invalid_code"})
        return web.json_response({"ok": True, "access_token": "a2"})

    async def who(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer a2"
        told = {"https://slack.com/user_id": "U1", "https://slack.com/team_id": self.team, "name": "ann"}
        return web.json_response({"ok": True, **told})

    async def user(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer xoxb-bot"
        return web.json_response({"ok": True, "user": {"id": "U1", "team_id": "T1", "is_admin": self.admin}})


@asynccontextmanager
async def serving(folder: Path, **more: Any) -> AsyncIterator[tuple[Site, Platforms]]:
    platforms = Platforms(**more)
    server = TestServer(platforms.app())
    await server.start_server()
    base = str(server.make_url("")).rstrip("/")
    try:
        async with opened(folder, Endpoints(base, base), **IDS) as site:
            for number, (platform, place) in enumerate([("discord", "g1"), ("discord", "g2"), ("slack", "T1")]):
                where = Place(platform, place, "c")
                await site.desk._intake.receive(
                    Submission(f"e{number}", f"m{number}", where, "p", "loss is nan", asked=True), True
                )
            yield site, platforms
    finally:
        await server.close()


async def signed_in(browser: Browser, platform: str, code: str = "good", state: str | None = None) -> Answer:
    """Go out to a platform and come back, as a browser is sent."""
    async with browser.session.get(f"{browser.base}/desk/with/{platform}", allow_redirects=False) as out:
        assert out.status == 303
        asked = parse_qs(urlsplit(out.headers["Location"]).query)
        assert asked["response_type"] == ["code"]
    back = urlsplit(asked["redirect_uri"][0]).path
    return await browser.get(f"{back}?code={code}&state={asked['state'][0] if state is None else state}")


@pytest.mark.parametrize("allowed", [{"owner": True, "permissions": "0"}, {"owner": False, "permissions": "8192"}])
@run_async
async def test_who_moderates_a_server_sees_its_cases_and_no_other(tmp_path: Path, allowed: dict[str, Any]) -> None:
    guilds = [{"id": "g1", **allowed}, {"id": "g2", "owner": False, "permissions": "1024"}]
    async with serving(tmp_path, guilds=guilds) as (site, _), site.browser() as browser:
        assert "Sign in with Discord" in (await browser.get("/desk/enter")).words
        desk = await signed_in(browser, "discord")
        assert desk.address == "/desk"
        listed = {each.server: each.id for each in await site.desk.listing.find(Wanted(), 9)}
        assert listed["g1"] in desk.words
        assert listed["g2"] not in desk.words
        assert (await browser.get(f"/case/{listed['g1']}")).status == 200
        assert (await browser.get(f"/case/{listed['g2']}")).status == 404
        assert (await browser.post(f"/desk/cases/{listed['g2']}/delete")).status == 404
        for path in ("/desk/tokens", "/desk/audit"):
            assert (await browser.get(path)).status == 403
        for path in ("/desk/recurs", "/desk/rules", "/desk/unknown", "/desk/recurs?server=discord/g2"):
            assert (await browser.get(path)).status == 200


@run_async
async def test_an_admin_of_the_workspace_signs_in_with_slack_and_others_do_not(tmp_path: Path) -> None:
    async with serving(tmp_path) as (site, platforms), site.browser() as browser, site.browser() as other:
        assert (await signed_in(browser, "slack")).address == "/desk"
        for platforms.admin, platforms.team in ((False, "T1"), (True, "T9")):
            refused = await signed_in(other, "slack")
            assert (refused.status, "moderate no server" in refused.words) == (403, True)
        assert (await other.get("/desk")).status == 401


@run_async
async def test_what_does_not_come_from_the_platform_signs_nobody_in(tmp_path: Path) -> None:
    guilds = [{"id": "g1", "owner": True, "permissions": "0"}]
    async with serving(tmp_path, guilds=guilds) as (site, _), site.browser() as browser:
        for platform in ("discord", "slack"):
            assert (await signed_in(browser, platform, code="bad")).status == 403
            assert (await signed_in(browser, platform, state="x")).status == 403
            assert (await signed_in(browser, platform, code="")).status == 403
        async with site.browser() as stranger:
            assert (await stranger.get("/desk/with/discord/back?code=good&state=")).status == 403
        assert (await browser.get("/desk/with/smoke")).status == 404
        assert (await browser.get("/desk")).status == 401
