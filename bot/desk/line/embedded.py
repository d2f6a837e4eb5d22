"""One process: the row of a case is its own job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bot.cases.queue import Queue
from bot.desk.line import Do
from bot.logs import get_log

_log = get_log(__name__)
_IDLE_SECONDS = 30
"""After this the queue is looked at even if nothing was heard of."""
_CALM_SECONDS = 5
"""However many come in, cases are worked off as well."""


class Embedded:
    """Claims cases from the table; `calm` waits until nobody waits to be taken in."""

    def __init__(self, queue: Queue, at_once: int, calm: Callable[[], Awaitable[None]]) -> None:
        self._queue = queue
        self._at_once = at_once
        self._calm = calm
        self._wake = asyncio.Event()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Take up what an earlier process left: there is no other one."""
        if left := await self._queue.recover():
            _log.info("cases of an earlier run are taken up again", cases=left)
        yield

    async def offer(self, case: str = "") -> None:  # noqa: ARG002
        """Have the queue looked at."""
        self._wake.set()

    async def run(self, do: Do) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(self._work(do))

    async def _work(self, do: Do) -> None:
        while True:
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CALM_SECONDS):
                    await self._calm()
            try:
                claim = await self._queue.claim()
                if claim is None:
                    due = await self._queue.next_retry()
                    await heard(self._wake, min(_IDLE_SECONDS, due or _IDLE_SECONDS))
                    continue
                await do(claim)
            except Exception:  # the database was busy for too long, say: the next round tries again
                _log.exception("the queue stumbled")
                await asyncio.sleep(1)
            # the server of this case has room for its next one
            self._wake.set()


async def heard(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so many seconds."""
    # not wait_for: before Python 3.12 it loses a cancellation that comes together with the event
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
