"""Each event once, however often a platform delivers it and under whatever name."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

_MOST = 5_000
_T = TypeVar("_T")


class Once:
    """What was done lately. What comes before that is for the case store to know again."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, asyncio.Future[None]] = OrderedDict()

    async def do(self, key: str, work: Callable[[], Awaitable[_T]]) -> _T | None:
        """Do `work`, or wait until it is done where somebody is at it, and return None then.

        What fails may be done again; the error goes to all who wait.
        """
        if (doing := self._done.get(key)) is not None:
            await asyncio.shield(doing)
            return None
        mine = self._done[key] = asyncio.get_running_loop().create_future()
        # whoever does not wait must not be told that nobody looked
        mine.add_done_callback(lambda done: done.cancelled() or done.exception())
        if len(self._done) > _MOST:
            self._done.popitem(last=False)
        try:
            made = await work()
        except BaseException as error:
            self._done.pop(key, None)
            mine.set_exception(error if isinstance(error, Exception) else RuntimeError("interrupted"))
            raise
        mine.set_result(None)
        return made
