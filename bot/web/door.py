"""The page for everybody: hand in, watch, read, share, add to, take back; and the guide."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiohttp import web

from bot.amounts import duration
from bot.cases.lookup import CaseView
from bot.cases.model import FileRef, Place, State, Submission
from bot.chat.receipts import receipt_text, verdict_text
from bot.desk import Desk
from bot.settings import Settings
from bot.web.account import PLATFORM, SERVER
from bot.web.doing import VERDICTS, case_of, waiting_words
from bot.web.entrance import Entrance
from bot.web.pages import Pages, to
from bot.web.refused import Refused
from bot.web.report_page import config_view, report_page
from bot.web.spool import Spool
from bot.web.uploads import Upload, UploadLimits, read_upload
from bot.web.visitors import Visitor, Visitors

_RECENT = 20
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_STEPS = 12


class Door:
    """Handlers of the pages that need no sign-in."""

    def __init__(
        self, desk: Desk, spool: Spool, visitors: Visitors, pages: Pages, entrance: Entrance, settings: Settings
    ) -> None:
        self._desk = desk
        self._spool = spool
        self._visitors = visitors
        self._pages = pages
        self._entrance = entrance
        self._limits = UploadLimits(settings.case_files, settings.case_mib)
        self._keep_hours = settings.web_keep_hours
        self._address = settings.web_url.rstrip("/")

    def routes(self) -> Sequence[web.RouteDef]:
        """Return them."""
        case = r"/case/{case:[0-9A-Z]{4,12}}"
        return (
            web.get("/", self.home),
            web.post("/cases", self.receive),
            web.get(case, self.case),
            web.get(case + "/state", self.state),
            web.get(case + "/curve.png", self.curve),
            web.get(case + "/corrected-config.diff", self.diff),
            web.get(case + "/corrected-config", self.corrected),
            web.get(case + "/edit", self.edit),
            web.post(case + "/edit", self.again),
            web.post(case + "/share", self.share),
            web.post(case + "/revoke", self.revoke),
            web.post(case + "/delete", self.delete),
            web.post(case + "/verdict", self.verdict),
            web.get(r"/s/{secret:[\w-]{10,64}}", self.shared),
            web.get(r"/s/{secret:[\w-]{10,64}}/curve.png", self.curve),
            web.get(r"/s/{secret:[\w-]{10,64}}/corrected-config.diff", self.diff),
            web.get(r"/s/{secret:[\w-]{10,64}}/corrected-config", self.corrected),
            web.get("/guide", self.guide),
            web.get(r"/checklists/{name:[a-z0-9-]{1,40}}", self.checklist),
        )

    def failed(self, request: web.Request, status: int, why: str) -> web.Response:
        """Draw what went wrong: as a page or, for programs, as JSON."""
        words = self._desk.knowledge.web.statuses
        # what the server itself says of a status is no sentence for people
        text = why if why.endswith(".") else words.get(status, words[400 if status < 500 else 500])
        if request.path.startswith("/api/"):
            return web.json_response({"error": text}, status=status)
        visitor = self._visitors.of(request)
        return self._pages.answer("failed.html", visitor, status, text=text, title=str(status))

    async def home(self, request: web.Request) -> web.Response:
        """The door."""
        visitor = self._visitors.of(request)
        mine = () if visitor.new else await self._desk.lookup.cases_of(PLATFORM, visitor.id, _RECENT)
        return self._pages.answer(
            "home.html",
            visitor,
            mine=mine,
            limits=self._limits,
            checklists=self._desk.knowledge.checklists.values(),
            signed_in=self._entrance.who(request) is not None,
        )

    async def receive(self, request: web.Request) -> web.Response:
        """Take files and words in, as a case."""
        visitor, words = self._visitors.of(request), self._desk.knowledge.web.upload
        thread = secrets.token_hex(16)
        upload = await self._upload(request, visitor, thread)
        said = upload.fields.get("message", "").strip()
        if not said and not upload.files:
            raise Refused(400, words.empty)
        receipt = await self._desk.receive(submission(visitor.id, thread, said, upload.files), told=True)
        if not receipt.case:
            await self._spool.drop(thread)
            raise Refused(429, receipt_text(receipt, self._desk.knowledge))
        return to(f"/case/{receipt.case}")

    async def edit(self, request: web.Request) -> web.Response:
        """The form to change a case: its words, its files, its config."""
        view, visitor = await self._own(request), self._visitors.of(request)
        handed = await self._desk.pages.handed_in(view.ref.id)
        kept = self._kept_words()
        return self._pages.answer("edit.html", visitor, case=view, handed=handed, config=config_view(view), kept=kept)

    async def again(self, request: web.Request) -> web.Response:
        """Read a case again with what was changed."""
        view, visitor = await self._own(request), self._visitors.of(request)
        handed = await self._desk.pages.handed_in(view.ref.id)
        if handed is None:
            raise Refused(404)
        thread = view.ref.place.thread
        upload = await self._upload(request, visitor, thread)
        config = config_view(view)
        kept = [each for each in handed.files if f"keep-{each.id}" in upload.fields]
        if config is not None and "use-config" in upload.fields:
            kept = [each for each in kept if each.name != config.name]
            upload.files.append(await self._spool.write(thread, config.name, upload.fields.get("config", "")))
        said = upload.fields.get("message", "").strip()
        if not said and not kept and not upload.files:
            raise Refused(400, self._desk.knowledge.web.upload.empty)
        await self._desk.edit(submission(visitor.id, thread, said, [*kept, *upload.files], handed.message))
        for each in handed.files:
            if each not in kept:
                await self._spool.discard(each.id)
        return to(f"/case/{view.ref.id}")

    async def _upload(self, request: web.Request, visitor: Visitor, thread: str) -> Upload:
        words = self._desk.knowledge.web.upload
        return await read_upload(
            request, self._spool, thread, self._limits, words, lambda fields: self._visitors.is_ours(visitor, fields)
        )

    def _kept_words(self) -> str:
        words = self._desk.knowledge.web
        return words.kept.format(time=duration(self._keep_hours * 3600)) if self._keep_hours else words.not_kept

    async def case(self, request: web.Request) -> web.Response:
        """A case, for who asked and for moderators."""
        view = await self._seen(request)
        secret = await self._desk.links.shared(view.ref.id)
        return await self._shown(request, view, f"{self._base(request)}/s/{secret}" if secret else "", mine=view.mine)

    async def shared(self, request: web.Request) -> web.Response:
        """A case, for whoever has its link."""
        return await self._shown(request, await self._seen(request), "", mine=False)

    async def _shown(self, request: web.Request, view: CaseView, link: str, mine: bool) -> web.Response:
        visitor, knowledge = self._visitors.of(request), self._desk.knowledge
        where = request.path
        if view.state is not State.ANSWERED and view.outcome is None:
            ahead = await self._desk.queue.ahead(view.ref.id)
            return self._pages.answer(
                "waiting.html", visitor, case=view, where=where, text=waiting_words(ahead, knowledge), mine=mine
            )
        page = await asyncio.to_thread(report_page, view, knowledge)
        verdict = VERDICTS.get(request.query.get("said", ""))
        return self._pages.answer(
            "case.html",
            visitor,
            case=view,
            page=page,
            mine=mine,
            link=link,
            where=where,
            again=view.state is not State.ANSWERED,
            kept=self._kept_words(),
            thanks=verdict_text(verdict, knowledge) if verdict else "",
            signed_in=self._entrance.who(request) is not None,
        )

    async def state(self, request: web.Request) -> web.Response:
        """How a case is getting on, for the page that waits."""
        view = await self._seen(request)
        done = view.state is State.ANSWERED
        ahead = None if done else await self._desk.queue.ahead(view.ref.id)
        return web.json_response({"done": done, "text": waiting_words(ahead, self._desk.knowledge)})

    async def curve(self, request: web.Request) -> web.Response:
        """The loss curve as a picture."""
        view = await self._seen(request)
        if view.plot is None:
            raise Refused(404)
        return web.Response(body=view.plot, content_type="image/png")

    async def diff(self, request: web.Request) -> web.Response:
        """The corrected config as a diff, to keep."""
        view = await self._seen(request)
        patch = (view.report or {}).get("config_patch")
        if not patch:
            raise Refused(404)
        return web.Response(
            text=patch,
            content_type="text/x-diff",
            charset="utf-8",
            headers={"Content-Disposition": 'attachment; filename="corrected-config.diff"'},
        )

    async def corrected(self, request: web.Request) -> web.Response:
        """The whole corrected config, to keep."""
        config = config_view(await self._seen(request))
        if config is None or not config.corrected:
            raise Refused(404)
        name = _UNSAFE.sub("_", config.name.rpartition("/")[2])[-80:]
        headers = {"Content-Disposition": f'attachment; filename="corrected-{name}"'}
        return web.Response(text=config.corrected, content_type="text/plain", charset="utf-8", headers=headers)

    async def share(self, request: web.Request) -> web.Response:
        """Make a link to a case."""
        view = await self._own(request, form=True)
        await self._desk.links.share(view.ref.id)
        return to(f"/case/{view.ref.id}#share")

    async def revoke(self, request: web.Request) -> web.Response:
        """Take the link to a case back."""
        view = await self._own(request, form=True)
        await self._desk.links.revoke(view.ref.id)
        return to(f"/case/{view.ref.id}#share")

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a case with its files."""
        view = await self._own(request, form=True)
        await self._desk.delete(view.ref.id, view.ref.place.platform, self._visitors.of(request).id)
        await self._spool.drop(view.ref.place.thread)
        return to("/")

    async def verdict(self, request: web.Request) -> web.Response:
        """Note what became of an answer."""
        visitor = self._visitors.of(request)
        view = await self._own(request)
        fields = await self._form(request, visitor)
        said = str(fields.get("verdict", ""))
        if said not in VERDICTS:
            raise Refused(400)
        await self._desk.feedback.record(view.ref.id, PLATFORM, visitor.id, VERDICTS[said])
        return to(f"/case/{view.ref.id}?said={said}#verdict")

    async def guide(self, request: web.Request) -> web.Response:
        """A place of the guided tree; ``?a=0,2`` are the answers so far."""
        given = request.query.get("a", "")
        try:
            path = [int(each) for each in given.split(",") if each][:_STEPS]
            here = self._desk.guide(path)
        except (ValueError, LookupError) as error:
            raise Refused(404) from error
        return self._pages.answer("guide.html", self._visitors.of(request), here=here, path=",".join(map(str, path)))

    async def checklist(self, request: web.Request) -> web.Response:
        """A checklist of the guide."""
        view = self._desk.checklist(request.match_info["name"])
        if view is None:
            raise Refused(404)
        return self._pages.answer("checklist.html", self._visitors.of(request), checklist=view)

    async def _seen(self, request: web.Request) -> CaseView:
        """Return the case that is asked for: one's own, any for moderators, or that of a link."""
        secret = request.match_info.get("secret")
        visitor = self._visitors.of(request)
        case = await self._desk.links.case(secret) if secret else request.match_info["case"]
        view = await case_of(self._desk, case, visitor) if case else None
        if view is None:
            raise Refused(404)
        who, place = self._entrance.who(request), view.ref.place
        if not (secret or view.mine or (who is not None and who.sees(place.platform, place.server))):
            raise Refused(404)
        return view

    async def _own(self, request: web.Request, form: bool = False) -> CaseView:
        """Return a case of the visitor's own; with `form`, only where a form of theirs asks."""
        visitor = self._visitors.of(request)
        view = await case_of(self._desk, request.match_info["case"], visitor)
        if view is None or not view.mine:
            raise Refused(404)
        if form:
            await self._form(request, visitor)
        return view

    async def _form(self, request: web.Request, visitor: Visitor) -> dict[str, str]:
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if not self._visitors.is_ours(visitor, fields):
            raise Refused(403)
        return fields

    def _base(self, request: web.Request) -> str:
        return self._address or f"{request.scheme}://{request.host}"


def submission(person: str, thread: str, said: str, files: Iterable[FileRef], message: str = "") -> Submission:
    """Return a form as a submission; with `message`, in place of what that one said before."""
    event = secrets.token_hex(16)
    message = message or event
    return Submission(
        event=event,
        message=message,
        place=Place(PLATFORM, SERVER, "page", thread),
        person=person,
        text=said,
        files=tuple(replace(each, message=message) for each in files),
        asked=True,
    )
