"""How cases get from those who take them in to those who work them off: the one seam between one process and many."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.cases.model import Claim

Do = Callable[[Claim], Awaitable[None]]
"""Finishes a case or puts it back; raises only where the case store is out of reach."""


class Line(Protocol):
    """Every case on disk that is not answered comes to somebody's hands, whoever dies on the way."""

    def opened(self) -> AbstractAsyncContextManager[None]:
        """Make it ready for the length of a block, and take up what was left unfinished."""

    async def offer(self, case: str = "") -> None:
        """Say that a case may be begun, so that nobody has to look for it; without its id, that some may. Never
        raises."""

    async def run(self, do: Do) -> None:
        """Hand cases to `do`, several at a time, until cancelled."""


__all__ = ["Do", "Line"]
