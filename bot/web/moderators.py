"""The desk: cases, what recurs, unknown errors with drafts of rules, how right rules are, tokens, the audit trail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from aiohttp import web

from bot.cases.listing import Wanted
from bot.cases.lookup import CaseView
from bot.cases.marks import Subject
from bot.cases.spans import Span
from bot.chart import draw
from bot.chat.asked import last_days
from bot.chat.stats import bars
from bot.desk import Desk
from bot.stats import cause, gather
from bot.web.entrance import Entrance, Moderator
from bot.web.oauth import Provider
from bot.web.pages import Pages, to
from bot.web.refused import Refused
from bot.web.server_settings import ServerView, change
from bot.web.visitors import Visitors
from diagnostics.loss.theme import ThemeName

_ROWS = 50
_AUDITS = 200
_DAYS = (7, 30, 90, 365)
_OPERATORS = frozenset({"/desk/tokens", "/desk/tokens/make", "/desk/tokens/revoke", "/desk/audit"})
"""What is about all servers at once."""
_NAME = re.compile(r"[\w .-]{1,40}")
Handler = Callable[[web.Request, Moderator], Awaitable[web.StreamResponse]]


class Moderators:
    """Handlers of the pages behind the sign-in."""

    def __init__(
        self, desk: Desk, visitors: Visitors, pages: Pages, entrance: Entrance, known: Mapping[str, Provider]
    ) -> None:
        self._desk = desk
        self._visitors = visitors
        self._pages = pages
        self._entrance = entrance
        self._known = known

    def routes(self) -> Sequence[web.RouteDef]:
        """Return them; all but the entrance ask who comes."""
        pages = {
            "/desk": self.cases,
            "/desk/recurs": self.recurs,
            "/desk/recurs.png": self.chart,
            "/desk/unknown": self.unknown,
            "/desk/rules": self.rules,
            "/desk/settings": self.settings,
            "/desk/tokens": self.tokens,
            "/desk/audit": self.audit,
        }
        deeds = {
            r"/desk/cases/{case:[0-9A-Z]{4,12}}/delete": self.delete,
            r"/desk/cases/{case:[0-9A-Z]{4,12}}/revoke": self.revoke,
            "/desk/settings": self.change_settings,
            "/desk/tokens/make": self.make_token,
            "/desk/tokens/revoke": self.revoke_token,
        }
        return (
            web.get("/desk/enter", self.knock),
            web.post("/desk/enter", self.enter),
            web.post("/desk/leave", self.leave),
            *(web.get(path, self._for_moderators(handler, path in _OPERATORS)) for path, handler in pages.items()),
            *(web.post(path, self._for_moderators(handler, path in _OPERATORS)) for path, handler in deeds.items()),
        )

    async def knock(self, request: web.Request) -> web.Response:
        """Ask whether to come in: what only looks at a link, such as a chat's preview, must not use it up."""
        return self._pages.answer(
            "enter.html", self._visitors.of(request), key=request.query.get("key", "")[:64], known=self._known
        )

    async def enter(self, request: web.Request) -> web.Response:
        """Sign in with the link of the start."""
        fields = await self._form(request)
        response = to("/desk")
        if not self._entrance.enter(fields.get("key", ""), response):
            raise Refused(403, self._desk.knowledge.web.used_up)
        await self._desk.audit.note("link", "signed in")
        return response

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out."""
        await self._form(request)
        response = to("/")
        self._entrance.leave(request, response)
        return response

    async def cases(self, request: web.Request, who: Moderator) -> web.Response:
        """The cases, filtered."""
        asked = request.query
        wanted = Wanted(
            finding=asked.get("finding", "")[:60],
            platform=asked.get("platform", "")[:20],
            verdict=asked.get("verdict", "")[:20],
            waits=asked.get("waits") == "1",
            words=asked.get("words", "")[:100],
            before=int(asked["before"]) if asked.get("before", "").isdecimal() and len(asked["before"]) < 16 else 0,
        )
        listed = await self._desk.listing.find(wanted, _ROWS, who.servers)
        onward = ""
        if len(listed) == _ROWS:
            values = {name: str(value) for name, value in asdict(replace(wanted, waits=False)).items() if value}
            values |= {"before": str(listed[-1].number)} | ({"waits": "1"} if wanted.waits else {})
            onward = str(request.rel_url.with_query(values))
        titles = {each.finding: cause(each.finding, self._desk.knowledge) for each in listed}
        rules = sorted(self._desk.knowledge.rules.values(), key=lambda rule: rule.title)
        return self._page(
            request, who, "desk_cases.html", wanted=wanted, listed=listed, titles=titles, rules=rules, onward=onward
        )

    async def recurs(self, request: web.Request, who: Moderator) -> web.Response:
        """What recurs, counted."""
        days = self._days(request)
        stats = await gather(self._desk.recurrence, self._span(request, who), self._desk.knowledge)
        return self._page(request, who, "desk_recurs.html", stats=stats, days=days, choices=_DAYS)

    async def chart(self, request: web.Request, who: Moderator) -> web.Response:
        """The same as a picture."""
        knowledge = self._desk.knowledge
        stats = await gather(self._desk.recurrence, self._span(request, who), knowledge)
        theme: ThemeName = "dark" if request.query.get("theme") == "dark" else "light"
        words = knowledge.chat.stats.chart
        image = await asyncio.to_thread(draw, bars(stats), stats.by_day, stats.first, words, theme)
        if image is None:
            raise Refused(404)
        return web.Response(body=image, content_type="image/png")

    async def unknown(self, request: web.Request, who: Moderator) -> web.Response:
        """Errors that no rule knows, with drafts of rules."""
        found = await self._desk.composer.unruled(self._span(request, who))
        return self._page(request, who, "desk_unknown.html", found=found)

    async def rules(self, request: web.Request, who: Moderator) -> web.Response:
        """How often each rule was right, by what people say."""
        days = self._days(request)
        counts = await self._desk.recurrence.counts(self._span(request, who))
        listed = [each for each in counts.of.get(Subject.FINDING, ()) if each.subject]
        titles = {each.subject: cause(each.subject, self._desk.knowledge) for each in listed}
        return self._page(request, who, "desk_rules.html", listed=listed, titles=titles, days=days, choices=_DAYS)

    async def settings(self, request: web.Request, who: Moderator) -> web.Response:
        """What is set for the servers of chats."""
        servers = [each for each in await self._desk.servers.known() if who.sees(*each)]
        views = [ServerView(*each, await self._desk.servers.get(*each)) for each in servers]
        saved = request.query.get("saved") == "1"
        return self._page(request, who, "desk_settings.html", servers=views, saved=saved)

    async def change_settings(self, request: web.Request, who: Moderator) -> web.Response:
        """Change them, for one server."""
        fields = await self._form(request)
        place = fields.get("platform", ""), fields.get("server", "")
        if place not in await self._desk.servers.known() or not who.sees(*place):
            raise Refused(404)
        try:
            await change(self._desk, *place, fields)
        except ValueError as error:
            raise Refused(400, f"{error}.") from error
        await self._desk.audit.note(who.name, "changed settings", "/".join(place))
        return to("/desk/settings?saved=1")

    async def tokens(self, request: web.Request, who: Moderator) -> web.Response:
        """The tokens of the API."""
        return self._page(request, who, "desk_tokens.html", tokens=await self._desk.tokens.all(), made="")

    async def make_token(self, request: web.Request, who: Moderator) -> web.Response:
        """Make one, and show it this once."""
        name = await self._name(request)
        made = await self._desk.tokens.make(name)
        await self._desk.audit.note(who.name, "made a token", name)
        return self._page(request, who, "desk_tokens.html", tokens=await self._desk.tokens.all(), made=made)

    async def revoke_token(self, request: web.Request, who: Moderator) -> web.Response:
        """Take one back."""
        name = await self._name(request)
        await self._desk.tokens.revoke(name)
        await self._desk.audit.note(who.name, "revoked a token", name)
        return to("/desk/tokens")

    async def audit(self, request: web.Request, who: Moderator) -> web.Response:
        """Who changed what."""
        return self._page(request, who, "desk_audit.html", listed=await self._desk.audit.last(_AUDITS))

    async def delete(self, request: web.Request, who: Moderator) -> web.Response:
        """Delete a case, whoever asked, and take its answer down."""
        await self._form(request)
        case = request.match_info["case"]
        view = await self._case(case, who)
        await self._desk.delete(case, view.ref.place.platform, "", moderator=True)
        await self._desk.audit.note(who.name, "deleted a case", case)
        return to("/desk")

    async def revoke(self, request: web.Request, who: Moderator) -> web.Response:
        """Take the link to a case back, such as the one in a chat."""
        await self._form(request)
        case = request.match_info["case"]
        await self._case(case, who)
        await self._desk.links.revoke(case)
        await self._desk.audit.note(who.name, "took a link back", case)
        return to(f"/case/{case}")

    async def _case(self, case: str, who: Moderator) -> CaseView:
        view = await self._desk.lookup.case(case)
        if view is None or not who.sees(view.ref.place.platform, view.ref.place.server):
            raise Refused(404)
        return view

    def _for_moderators(
        self, handler: Handler, operators: bool = False
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def asked(request: web.Request) -> web.StreamResponse:
            who = self._entrance.who(request)
            if who is None:
                raise Refused(401, self._desk.knowledge.web.sign_in)
            if operators and who.servers is not None:
                raise Refused(403, self._desk.knowledge.web.for_operators)
            return await handler(request, who)

        return asked

    def _page(self, request: web.Request, who: Moderator, name: str, **values: Any) -> web.Response:
        visitor = self._visitors.of(request)
        return self._pages.answer(
            name, visitor, signed_in=True, who=who.name, here=request.path, operator=who.servers is None, **values
        )

    async def _form(self, request: web.Request) -> dict[str, str]:
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if not self._visitors.is_ours(self._visitors.of(request), fields):
            raise Refused(403)
        return fields

    async def _name(self, request: web.Request) -> str:
        name = (await self._form(request)).get("name", "").strip()
        if _NAME.fullmatch(name) is None:
            raise Refused(400, self._desk.knowledge.web.token_name)
        return name

    def _span(self, request: web.Request, who: Moderator) -> Span:
        """Return the days that are asked for, of all servers or of the one that is."""
        if who.servers is None:
            return last_days(self._days(request), "", None)
        asked = tuple(request.query.get("server", "").partition("/")[::2])
        platform, server = asked if asked in who.servers else who.servers[0]
        return last_days(self._days(request), platform, server)

    def _days(self, request: web.Request) -> int:
        days = request.query.get("days", "30")
        return int(days) if days in map(str, _DAYS) else 30
