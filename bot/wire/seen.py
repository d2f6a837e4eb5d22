"""How far the messages of each server were taken in, so that nothing is missed after a gap."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cases.positions import Positions
from bot.logs import get_log

_log = get_log(__name__)
_FLUSH_SECONDS = 5


class Seen:
    """The number up to which all messages of a server are on disk. Numbers grow with time, over all channels.

    `overlap` is how much is read again, since messages of different channels may come in another order than their
    numbers say.
    """

    def __init__(self, positions: Positions, platform: str, overlap: int) -> None:
        self._positions = positions
        self._platform = platform
        self._overlap = overlap
        self._done: dict[str, int] = {}
        self._pending: dict[str, set[int]] = defaultdict(set)
        self._written: dict[str, int] = {}

    async def load(self) -> None:
        """Read how far an earlier process came."""
        kept = await self._positions.all(self._platform)
        self._written = {server: int(message) for server, message in kept.items()}
        self._done = dict(self._written)

    @contextmanager
    def handling(self, server: str, message: int) -> Iterator[None]:
        """Within, a message counts as not seen; one that fails stays so, and is read again after the next gap."""
        pending = self._pending[server]
        pending.add(message)
        yield
        pending.discard(message)
        self._done[server] = max(self._done.get(server, 0), message)

    def since(self, server: str) -> int | None:
        """Return the message after which to go on in a server; None where it was never read."""
        up_to = self._up_to(server)
        return None if up_to is None else max(up_to - self._overlap, 0)

    async def start(self, server: str, now: int) -> None:
        """Begin to read a server now: what was said there before is none of our business."""
        self._done.setdefault(server, now + self._overlap)
        await self.flush()

    async def flush(self) -> None:
        """Write down how far all servers are read."""
        now = {server: up_to for server in self._done if (up_to := self._up_to(server)) is not None}
        changed = {server: str(up_to) for server, up_to in now.items() if self._written.get(server) != up_to}
        if changed:
            await self._positions.put(self._platform, changed)
            self._written |= {server: int(up_to) for server, up_to in changed.items()}

    async def run(self) -> None:
        """Write it down every few seconds, until cancelled."""
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            try:
                await self.flush()
            except Exception as error:
                _log.warning("positions could not be written", error=type(error).__name__)

    def _up_to(self, server: str) -> int | None:
        done = self._done.get(server)
        pending = self._pending.get(server)
        return done if done is None or not pending else min(done, min(pending) - 1)
