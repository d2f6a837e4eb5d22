"""Notices that this process stood still, as after SIGSTOP or the pause of a virtual machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

_BEATS = 10
"""In the time after which somebody else may have taken over."""


class Pulse:
    """Stops what was at work when the process stood still for `limit` seconds: somebody else goes on with it by now.

    It beats by timers of the event loop, which come before any task that could go on.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._last = time.monotonic()
        self._at_work: set[asyncio.Task[None]] = set()
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Start to beat."""
        self._last = time.monotonic()
        self._beat()

    def end(self) -> None:
        """Stop beating."""
        if self._next is not None:
            self._next.cancel()

    async def guard(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do `work`; False where it was stopped since the process stood still meanwhile."""
        task = asyncio.ensure_future(work)
        self._at_work.add(task)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        finally:
            self._at_work.discard(task)
        if task.cancelled():
            return False
        task.result()
        return True

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._last >= self._limit:
            for task in self._at_work:
                task.cancel()
        self._last = now
        self._next = asyncio.get_running_loop().call_later(self._limit / _BEATS, self._beat)
