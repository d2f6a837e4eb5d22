"""What is said on a case: always in its one reply, and one thing at a time."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from bot.cases.model import CaseRef, Claim, Progress, Reply, Slot
from bot.cases.outbox import Outbox
from bot.desk.adapter import Adapter, PlaceGoneError, Posted
from bot.logs import get_log

_log = get_log(__name__)


class Voice:
    """Says how a case is getting on, then its answer in the same place. A crash in between doubles nothing."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def progress(self, progress: Progress, adapter: Adapter) -> None:
        """Say how a case is getting on. Where that cannot be said nothing is lost: the answer is still to come."""
        case = progress.case
        async with self._lock(case):
            try:
                slot = await self._outbox.begin(case)
                if slot is None:
                    return
                posted = await _say(progress, case, slot, adapter)
                if not await self._outbox.noted(case, posted.message, posted.place):
                    await adapter.remove(posted)
            except PlaceGoneError:
                return
            except Exception as error:
                _log.warning("progress could not be shown", case=case.id, error=type(error).__name__)

    async def answer(self, claim: Claim, reply: Reply, adapter: Adapter) -> None:
        """Say the answer. Raises `PlaceGoneError`, and whatever else the adapter raises."""
        async with self._lock(claim.case):
            while (slot := await self._outbox.slot(claim)) is not None:
                posted = await _say(reply, reply.case, slot, adapter)
                if await self._outbox.sent(claim, posted.message, posted.place):
                    return
                # somebody who had the case before us said it meanwhile: that reply gets our words
                await adapter.remove(posted)

    def _lock(self, case: CaseRef) -> asyncio.Lock:
        lock = self._locks.get(case.id)
        if lock is None:
            lock = self._locks[case.id] = asyncio.Lock()
        return lock


async def _say(said: Reply | Progress, case: CaseRef, slot: Slot, adapter: Adapter) -> Posted:
    posted = Posted(slot.message, slot.place) if slot.message else None
    if posted is None and slot.tried:
        posted = await adapter.find_reply(case, slot.nonce)
    if posted is None:
        return await adapter.send(said, slot.nonce)
    await adapter.edit(posted, said)
    return posted
