"""The desk itself: everything that an adapter may ask for, and the work that is done behind it."""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.cases.audit import AuditTrail
from bot.cases.database import Database
from bot.cases.feedback import Feedback
from bot.cases.intake import Intake, Rules
from bot.cases.links import CaseLinks
from bot.cases.listing import Listing
from bot.cases.lookup import Lookup
from bot.cases.model import Claim, Outcome, Place, Receipt, Removal, Result, Status, Submission
from bot.cases.outbox import Outbox
from bot.cases.pages import CasePages
from bot.cases.people import People
from bot.cases.positions import Positions
from bot.cases.queue import Queue
from bot.cases.recurrence import Recurrence
from bot.cases.repeats import Repeats
from bot.cases.retention import Retention
from bot.cases.seal import Seal
from bot.cases.servers import Servers
from bot.cases.tokens import Tokens
from bot.cases.weekly import Weekly
from bot.desk.adapter import Adapter, Posted
from bot.desk.digests import DigestPost
from bot.desk.files import FileLimits
from bot.desk.line import Line
from bot.desk.line.embedded import Embedded, heard
from bot.desk.voice import Voice
from bot.desk.waiting import WaitingRoom
from bot.desk.work import Work
from bot.desk.workplace import TakenError, alone, room, workplace
from bot.diagnosis import worker
from bot.diagnosis.job import Job, WorkerLimits
from bot.diagnosis.pool import DiagnosisPool
from bot.digest.compose import Composer
from bot.digest.model import Digest
from bot.logs import get_log
from bot.redact import Redactor
from bot.settings import Settings
from diagnostics.guide import ChecklistView, Page, checklist_view, page
from knowledge.desk import load_desk
from knowledge.load import HOME, load_knowledge
from knowledge.redaction import load_redaction

_log = get_log(__name__)
_HOUR = 3600
_FETCH_SECONDS = 600
"""Longest time that fetching and answering may take beside the diagnosis, before another worker takes the case over."""
_IDLE_SECONDS = 30
"""After this what is to be taken down, and the digests, are looked at even if nothing was heard of."""
_AHEAD = 2
"""Cases being fetched or answered beside those being diagnosed."""
_COPIES = 2
"""A case may take this often the room of its files: as they came, and unpacked or cleaned."""


class DeskError(Exception):
    """The desk cannot open; the text says why and what to do."""


class Desk:
    """Takes submissions from any adapter and answers each once. Use `opened`; the parts are there to be called."""

    def __init__(
        self,
        settings: Settings,
        adapters: Sequence[Adapter],
        run: Callable[[Job], Result] = worker.run,
        clock: Callable[[], float] = time.time,
        redactor: Redactor | None = None,
    ) -> None:
        root = settings.knowledge or HOME
        key, said = settings.key(), load_desk(root)
        self.knowledge = load_knowledge(root)
        self.redactor = redactor or Redactor(load_redaction(root), key)
        self._adapters: Mapping[str, Adapter] = {adapter.platform: adapter for adapter in adapters}
        self._settings = settings
        self._owner = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}"
        self._deleted = asyncio.Event()

        self._database = Database(settings.database_url)
        self.people = People(self._database, key)
        rules = Rules(said.relevant, settings.cooldown_seconds, settings.open_hours * _HOUR)
        seal = Seal(key)
        self._intake = Intake(self._database, self.people, self.redactor, rules, clock, seal)
        lease = settings.job_seconds + _FETCH_SECONDS
        self.queue = Queue(self._database, self._owner, lease, settings.server_cases, clock, self._adapters, seal)
        self._line = self._make_line(clock)
        self.feedback = Feedback(self._database, self.people, clock)
        self.servers = Servers(self._database, clock)
        self.lookup = Lookup(self._database, self.people)
        self.recurrence = Recurrence(self._database)
        self.listing = Listing(self._database)
        self.pages = CasePages(self._database)
        self.links = CaseLinks(self._database, seal, clock)
        self.tokens = Tokens(self._database, clock)
        self.audit = AuditTrail(self._database, clock)
        self.composer = Composer(self.recurrence, lambda: self.knowledge, clock)
        self._weekly = Weekly(self._database, clock, self._adapters)
        self.digests = DigestPost(self._weekly, self.composer.of_week, self._adapters)
        self._retention = Retention(self._database, clock, settings.evidence_days)
        self.positions = Positions(self._database)
        limits = WorkerLimits(settings.job_seconds, settings.job_memory_mib, settings.jobs_per_worker)
        self._pool = DiagnosisPool(settings.workers, limits, key, settings.knowledge, run)
        outbox = Outbox(self._database, clock, seal)
        voice = Voice(outbox)
        home = self._works_in / self._owner
        self._waiting = WaitingRoom(self.queue, voice, home)
        self._work = Work(
            self.queue,
            outbox,
            voice,
            Repeats(self._database, clock, rules.open_for, said.notices),
            self._pool,
            FileLimits(settings.file_mib, settings.case_mib, settings.case_files),
            said.notices,
            {
                Outcome.TOO_SLOW: f"{settings.job_seconds:g} seconds",
                Outcome.TOO_MUCH_MEMORY: f"{settings.job_memory_mib} MB",
            },
            home,
            self.links,
            settings.web_url.rstrip("/") if settings.web_links and settings.web != "off" else "",
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Desk]:
        """Open the store, take up what an earlier process left, and work until the end of the block."""
        async with AsyncExitStack() as stack:
            if self._database.is_sqlite:
                self._be_alone(stack)
            stack.enter_context(workplace(self._works_in, self._owner))
            stack.push_async_callback(self._database.close)
            await self._database.open()
            await stack.enter_async_context(self._line.opened())
            if self._database.is_sqlite:
                await self._weekly.recover()
            if self._settings.works:
                stack.push_async_callback(self._pool.stop)
                await self._pool.start()
            # what is loaded by now stays: looking through it again held the event loop up for 100 ms at a time
            gc.freeze()
            tasks = [asyncio.create_task(each) for each in self._running()]
            stack.push_async_callback(_ended, tasks)
            yield self

    def _running(self) -> Iterator[Coroutine[Any, Any, None]]:
        if self._settings.works:
            yield self._line.run(self._do)
        if self._settings.hears:
            yield self._run_removals()
            yield self._run_expiry()
            yield self._waiting.run()
            yield self._run_digests()

    async def receive(self, submission: Submission, told: bool = False) -> Receipt:
        """Take a submission in. Once this returns, its case is on disk and will be answered.

        `told`: the caller shows the receipt where the reply will be. Else a case that has to wait is told so there.
        """
        receipt = await self._received(await self._intake.receive(submission, await self._watched(submission)))
        if told and receipt.status is Status.OPENED:
            receipt = replace(receipt, ahead=await self.queue.ahead(receipt.case) or 0)
        if adapter := self._adapters.get(submission.place.platform):
            self._waiting.enter(submission, receipt, adapter, told)
        return receipt

    async def edit(self, submission: Submission) -> Receipt:
        """Take over an edited message: the case is diagnosed anew and its reply edited."""
        return await self._received(await self._intake.edit(submission, await self._watched(submission)))

    async def withdraw(self, platform: str, messages: Sequence[str]) -> int:
        """Forget messages that were deleted on the platform; returns how many cases that concerns."""
        count = await self._intake.withdraw(platform, messages)
        if count:
            self._deleted.set()
            await self._line.offer()
        return count

    async def forget(self, platform: str, person: str) -> int:
        """Delete everything of a person and take the replies down; returns the number of cases."""
        count = await self.people.forget(platform, person)
        self._deleted.set()
        return count

    async def delete(self, case: str, platform: str, person: str, moderator: bool = False) -> bool:
        """Delete one case for its asker or a moderator."""
        found = await self.people.delete(case, platform, person, moderator)
        self._deleted.set()
        return found

    @property
    def answered(self) -> Mapping[str, int]:
        """How many cases were answered since the start, by outcome."""
        return self._work.answered

    @property
    def seconds(self) -> float:
        """How long they were at work here, all together."""
        return self._work.seconds

    async def post_digest(self, digest: Digest, place: Place) -> Posted:
        """Post a digest that somebody asked for; raises `PlaceGoneError`."""
        return await self._adapters[place.platform].send_digest(digest, place, f"lt{secrets.token_hex(8)}")

    def guide(self, answers: Sequence[int] = ()) -> Page:
        """Return a place in the guided tree; raises LookupError where there is no such answer."""
        return page(self.knowledge, answers)

    def checklist(self, name: str) -> ChecklistView | None:
        """Return a checklist of the guide, or None; all names are in `knowledge.checklists`."""
        found = self.knowledge.checklists.get(name)
        return checklist_view(found) if found else None

    async def _watched(self, submission: Submission) -> bool:
        if submission.asked:
            return True
        settings = await self.servers.get(submission.place.platform, submission.place.server)
        return not settings.quiet and submission.place.channel in settings.channels

    async def _received(self, receipt: Receipt) -> Receipt:
        if receipt.status in (Status.OPENED, Status.ADDED):
            await self._line.offer(receipt.case)
            _log.info("case received", case=receipt.case, status=receipt.status.value)
        return receipt

    async def _do(self, claim: Claim) -> None:
        await self._work.do(claim, self._adapters[claim.case.place.platform])

    async def _run_expiry(self) -> None:
        while True:
            try:
                await self._intake.expire()
                await self._retention.expire()
            except Exception:
                _log.exception("wiping what has run out stumbled")
            await asyncio.sleep(_HOUR)

    async def _run_digests(self) -> None:
        while True:
            try:
                await self.digests.post_due()
            except Exception:
                _log.exception("posting digests stumbled")
            # not until the next is due: the clock may be set, and the moderators may change the hour
            await asyncio.sleep(_IDLE_SECONDS)

    async def _run_removals(self) -> None:
        due: dict[str, float] = {}
        while True:
            self._deleted.clear()
            try:
                for removal in await self.people.removals():
                    adapter = self._adapters.get(removal.place.platform)
                    if adapter is not None and due.get(removal.nonce, 0) <= time.monotonic():
                        due[removal.nonce] = time.monotonic() + pause(removal.attempts)
                        await self.people.removed(removal, await _take_down(removal, adapter))
            except Exception:
                _log.exception("taking replies down stumbled")
            await heard(self._deleted, _IDLE_SECONDS)

    @property
    def _works_in(self) -> Path:
        return self._settings.data.absolute() / "work"

    def _be_alone(self, stack: AsyncExitStack) -> None:
        try:
            stack.enter_context(alone(self._settings.data / "desk.lock"))
        except TakenError as error:
            raise DeskError(
                f"Another LoRA Triage works in {self._settings.data.absolute()}; stop it first, or set "
                "LORA_TRIAGE_DATA to another folder."
            ) from error

    def _make_line(self, clock: Callable[[], float]) -> Line:
        settings, at_once = self._settings, self._settings.workers + _AHEAD
        if self._database.is_sqlite:
            return Embedded(self.queue, at_once, self._intake.calm)
        from bot.desk.line.distributed import Distributed

        return Distributed(
            settings.database_url,
            self.queue,
            self._adapters,
            at_once,
            settings.server_cases,
            settings.takeover_seconds,
            lambda: room(self._works_in, settings.case_mib * _COPIES),
            clock,
        )


def pause(attempts: int) -> float:
    """Return the seconds until taking a reply down is tried again, after `attempts` failures and one more."""
    return min(_IDLE_SECONDS * 2.0**attempts, _HOUR)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _take_down(removal: Removal, adapter: Adapter) -> bool:
    try:
        posted: Posted | None = Posted(removal.message, removal.place)
        if not removal.message:
            posted = await adapter.find_reply(removal.case, removal.nonce)
        if posted is not None:
            await adapter.remove(posted)
    except Exception as error:  # whatever it was: it is tried again, a few times
        _log.warning("a reply could not be taken down", error=type(error).__name__)
        return False
    return True
