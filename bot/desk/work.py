"""One case from its claim to its answer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from bot.cases.links import CaseLinks
from bot.cases.model import Claim, Outcome, Progress, Reply, Result, Step
from bot.cases.outbox import Outbox
from bot.cases.queue import Queue
from bot.cases.repeats import Repeats
from bot.desk.adapter import Adapter, PlaceGoneError
from bot.desk.files import Fetched, FileLimits, digests, fetched
from bot.desk.material import any_training
from bot.desk.voice import Voice
from bot.diagnosis.job import Job
from bot.diagnosis.pool import DiagnosisPool
from bot.logs import get_log
from knowledge.desk import Notices

_log = get_log(__name__)
_RETRY_SECONDS = 5
_PATIENCE_SECONDS = 1.5
"""What is read in less shows no progress: the answer is there before anyone wonders."""
_PAGE = "web"
"""The platform whose replies are pages already."""
_MOST_ATTEMPTS = 8
"""With doubling waits the last try is 10 minutes after the first."""


class Work:
    """Diagnoses and answers claimed cases. Whatever step a crash interrupts, doing the case again ends the same."""

    def __init__(
        self,
        queue: Queue,
        outbox: Outbox,
        voice: Voice,
        repeats: Repeats,
        pool: DiagnosisPool,
        limits: FileLimits,
        notices: Notices,
        spent: dict[Outcome, str],
        home: Path,
        links: CaseLinks,
        address: str,
    ) -> None:
        self._queue = queue
        self._outbox = outbox
        self._voice = voice
        self._repeats = repeats
        self._pool = pool
        self._limits = limits
        self._notices = notices
        self._spent = spent
        """Outcome to the limit that was spent, in words."""
        self._home = home
        self._links = links
        self._address = address
        """Where the page is found from outside; empty where replies link to none."""
        self.answered: Counter[str] = Counter()
        """Cases answered so far, by outcome."""
        self.seconds = 0.0
        """Time that cases were at work so far, all together."""

    async def do(self, claim: Claim, adapter: Adapter) -> None:
        """Finish a case, or put it back for later."""
        begun = time.monotonic()
        try:
            await self._do(claim, adapter)
        finally:
            self.seconds += time.monotonic() - begun

    async def _do(self, claim: Claim, adapter: Adapter) -> None:
        try:
            if claim.diagnosed:
                reply = await self._outbox.resume(claim)
            else:
                reply = await self._outbox.keep(claim, await self._diagnose(claim, adapter))
            if reply is not None:
                reply = await self._linked(await self._repeats.addressed(reply), adapter)
                await self._voice.answer(claim, reply, adapter)
                self.answered[reply.outcome.value] += 1
                _log.info("case answered", case=claim.case.id, outcome=reply.outcome.value)
        except PlaceGoneError:
            _log.info("nobody to tell any more", case=claim.case.id)
            await self._outbox.close(claim)
        except Exception as error:
            _log.exception("case put back", case=claim.case.id, attempt=claim.attempts, error=type(error).__name__)
            if claim.attempts >= _MOST_ATTEMPTS:
                await self._outbox.close(claim)
            else:
                await self._queue.give_back(claim, _RETRY_SECONDS * 2 ** (claim.attempts - 1))

    async def _linked(self, reply: Reply, adapter: Adapter) -> Reply:
        """Add the link to the page of the case, where the operator serves one for chats."""
        if not self._address or adapter.platform == _PAGE:
            return reply
        secret = await self._links.share(reply.case.id)
        return replace(reply, link=f"{self._address}/s/{secret}") if secret else reply

    async def _diagnose(self, claim: Claim, adapter: Adapter) -> Result:
        notices = self._notices
        async with (
            self._progress(claim, adapter) as fetching,
            fetched(claim, adapter, self._limits, notices, self._home) as got,
        ):
            if not fetching.done():
                fetching.set_result(got)
            gone = ", ".join(got.gone)
            if got.gone and not got.files and not got.left_out:
                return Result(Outcome.FILES_GONE, notice=notices.files_gone.format(files=gone, limit=""))
            if (repeated := await self._repeated(claim, got)) is not None:
                return replace(repeated, redactions=claim.redactions)
            result = await self._pool.run(
                Job(claim.text, tuple(got.files), got.folder, claim.asked, tuple(got.left_out))
            )
        total = dict(Counter(claim.redactions) + Counter(result.redactions))
        result = replace(result, redactions=total)
        said = {
            Outcome.TOO_SLOW: notices.too_slow,
            Outcome.TOO_MUCH_MEMORY: notices.too_much_memory,
            Outcome.CRASHED: notices.crashed,
        }.get(result.outcome)
        if said is not None:
            result = replace(result, notice=said.format(limit=self._spent.get(result.outcome, ""), files=gone))
        elif gone and result.outcome is Outcome.DIAGNOSED:
            result = replace(result, notice=notices.some_files_gone.format(files=gone, limit=""))
        return result

    async def _repeated(self, claim: Claim, got: Fetched) -> Result | None:
        if not got.files or len(got.files) != len(claim.files):
            return None
        return await self._repeats.recognise(claim, await asyncio.to_thread(digests, got.files))

    @asynccontextmanager
    async def _progress(self, claim: Claim, adapter: Adapter) -> AsyncIterator[asyncio.Future[Fetched]]:
        """Show that a case is being read if that takes long; of what nobody asked about, only once it is known to be
        training material. The future is what was fetched."""
        got: asyncio.Future[Fetched] = asyncio.get_running_loop().create_future()
        ended = asyncio.Event()

        async def show() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await ended.wait()
            if not ended.is_set() and (claim.asked or await self._is_material(await got)) and not ended.is_set():
                await self._voice.progress(Progress(claim.case, Step.READING), adapter)

        showing = asyncio.create_task(show())
        try:
            yield got
        finally:
            ended.set()
            if not got.done():
                showing.cancel()
            # not cancelled in the middle of a sending: nobody would know whether it was sent
            await asyncio.gather(showing, return_exceptions=True)

    async def _is_material(self, got: Fetched) -> bool:
        return await any_training([file.path for file in got.files if file.path.exists()])
