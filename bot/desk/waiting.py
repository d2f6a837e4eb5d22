"""People whose case waits are told their place, as long as it waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cases.model import CaseRef, Progress, Receipt, Status, Step, Submission
from bot.cases.queue import Queue
from bot.desk.adapter import Adapter
from bot.desk.material import heads_tell
from bot.desk.voice import Voice
from bot.logs import get_log

_log = get_log(__name__)
_AGAIN_SECONDS = 10.0
_AT_ONCE = 2
_MOST = 50
"""Cases whose place is kept up to date; those behind are told theirs once, by their receipt."""


class WaitingRoom:
    """Shows the place in the queue in the one reply of each waiting case."""

    def __init__(self, queue: Queue, voice: Voice, home: Path) -> None:
        self._queue = queue
        self._voice = voice
        self._home = home
        self._shown: dict[str, tuple[CaseRef, Adapter, int]] = {}
        self._entering: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def enter(self, submission: Submission, receipt: Receipt, adapter: Adapter, told: bool) -> None:
        """Take in a case that waits. `told` is whether its receipt was shown already, as with a command."""
        if receipt.status is not Status.OPENED:
            return
        case = CaseRef(receipt.case, submission.place, submission.message, submission.handle)
        if told:
            if receipt.ahead:
                self._keep(case, adapter, receipt.ahead)
            return
        task = asyncio.create_task(self._enter(submission, case, adapter))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    async def run(self) -> None:
        """Keep what is shown up to date, until cancelled."""
        try:
            while True:
                await asyncio.sleep(_AGAIN_SECONDS)
                for case, adapter, ahead in tuple(self._shown.values()):
                    try:
                        await self._refresh(case, adapter, ahead)
                    except Exception as error:
                        _log.warning("a place could not be looked up", case=case.id, error=type(error).__name__)
        finally:
            for task in self._entering:
                task.cancel()

    async def _enter(self, submission: Submission, case: CaseRef, adapter: Adapter) -> None:
        try:
            # one after the other: with a crowd at the door, taking in comes first
            async with self._gate:
                if not await self._queue.ahead(case.id):
                    return
                if submission.asked or await heads_tell(submission.files, submission.place, adapter, self._home):
                    await self._refresh(case, adapter, -1)
        except Exception as error:
            _log.warning("a waiting case could not be told so", case=case.id, error=type(error).__name__)

    async def _refresh(self, case: CaseRef, adapter: Adapter, shown: int) -> None:
        ahead = await self._queue.ahead(case.id)
        if ahead is None:
            self._shown.pop(case.id, None)
        elif ahead != shown:
            self._keep(case, adapter, ahead)
            await self._voice.progress(Progress(case, Step.WAITING, ahead), adapter)

    def _keep(self, case: CaseRef, adapter: Adapter, ahead: int) -> None:
        if case.id in self._shown or len(self._shown) < _MOST:
            self._shown[case.id] = (case, adapter, ahead)
