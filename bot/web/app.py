"""The routes: which address leads where."""

from __future__ import annotations

from aiohttp import web

from bot.desk import Desk
from bot.settings import Settings
from bot.web import script
from bot.web.api import Api
from bot.web.door import Door
from bot.web.entrance import Entrance
from bot.web.guards import guard, hosts
from bot.web.moderators import Moderators
from bot.web.oauth import Endpoints, providers
from bot.web.pages import HOME, Pages
from bot.web.signing import Signing
from bot.web.spool import Spool
from bot.web.status import Status
from bot.web.visitors import Visitors


def make_app(desk: Desk, spool: Spool, settings: Settings, endpoints: Endpoints) -> tuple[web.Application, Entrance]:
    """Return the application, and the entrance that lets moderators in."""
    visitors = Visitors(settings.key(), settings.web_url.startswith("https://"))
    pages = Pages(visitors, desk.knowledge)
    entrance = Entrance(visitors, desk.knowledge)
    door = Door(desk, spool, visitors, pages, entrance, settings)
    known = providers(settings, endpoints)
    moderators = Moderators(desk, visitors, pages, entrance, known)
    signing = Signing(desk, visitors, entrance, known, settings.web_url)
    api = Api(desk, spool, settings)
    app = web.Application(middlewares=[guard(hosts(settings.web_url), door.failed)])  # type: ignore[list-item]
    status = Status(desk, settings.role)
    app.add_routes(
        [*door.routes(), *moderators.routes(), *signing.routes(), *api.routes(), *status.routes(), *script.routes()]
    )
    app.router.add_static("/static", HOME / "static", name="static")
    return app, entrance
