"""Posts the weekly digests: each once, however the process that posted it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from bot.cases.model import Place
from bot.cases.weekly import LEASE_SECONDS, DigestClaim, Due, Weekly
from bot.desk.adapter import Adapter, PlaceGoneError, Posted
from bot.digest.model import Digest
from bot.logs import get_log

_log = get_log(__name__)
Compose = Callable[[Due, bool], Awaitable[Digest]]
"""Makes the digest that is due; the bool is whether it is late."""


class DigestPost:
    """Posts what is due through the adapter of its platform."""

    def __init__(self, weekly: Weekly, compose: Compose, adapters: Mapping[str, Adapter]) -> None:
        self._weekly = weekly
        self._compose = compose
        self._adapters = adapters

    async def post_due(self) -> int:
        """Post everything that is due and not somebody else's to post; returns the number of digests."""
        total = 0
        while True:
            done = [await self._post(due) for due in await self._weekly.due()]
            total += sum(done)
            # a server that missed several weeks has its next one due now
            if not any(done):
                return total

    async def _post(self, due: Due) -> bool:
        claim = await self._weekly.claim(due)
        if claim is None:
            return False
        try:
            # well before the lease ends: until then nobody else is at it
            async with asyncio.timeout(LEASE_SECONDS / 2):
                posted = await self._say(claim, self._adapters[due.platform])
            if not await self._weekly.posted(claim, posted.message):
                await self._adapters[due.platform].remove(posted)
        except PlaceGoneError:
            _log.warning("a digest has no place to stand", platform=due.platform, week=str(due.week))
            await self._weekly.give_up(claim)
        except Exception as error:
            _log.exception("digest put off", platform=due.platform, week=str(due.week), error=type(error).__name__)
            await self._weekly.put_off(claim)
            return False
        _log.info("digest posted", platform=due.platform, week=str(due.week), late=claim.late)
        return True

    async def _say(self, claim: DigestClaim, adapter: Adapter) -> Posted:
        due = claim.due
        digest = await self._compose(due, claim.late)
        if claim.tried_in:
            before = Place(due.platform, due.server, claim.tried_in)
            if found := await adapter.find_digest(digest, before, claim.nonce, claim.tried_at):
                return found
        return await adapter.send_digest(digest, Place(due.platform, due.server, due.channel), claim.nonce)
