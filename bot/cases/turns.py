"""Who writes next: one at a time, what somebody waits for before everything else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """A lock with two lines; the second moves while the first is empty."""

    def __init__(self) -> None:
        self._taken = False
        self._lines: tuple[deque[asyncio.Future[None]], deque[asyncio.Future[None]]] = (deque(), deque())

    @asynccontextmanager
    async def taken(self, urgent: bool = False) -> AsyncIterator[None]:
        """Wait for a turn; it ends with the block."""
        if self._taken:
            await self._wait(self._lines[0 if urgent else 1])
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        mine = asyncio.get_running_loop().create_future()
        line.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                # it was our turn already: somebody else takes it
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        for line in self._lines:
            while line:
                following = line.popleft()
                if not following.done():
                    # the turn stays taken in between, so that nobody slips in
                    following.set_result(None)
                    return
        self._taken = False
