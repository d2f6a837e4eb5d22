"""Reads the kept cases from outside `serve`, which may be running meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError

from bot.cases.database import Database
from bot.cases.recurrence import Recurrence
from bot.chat.asked import last_days
from bot.settings import Settings
from bot.stats import Stats, gather
from knowledge.model import Knowledge


class KeepingError(Exception):
    """The kept cases cannot be read; the text says why and what to do."""


@asynccontextmanager
async def kept_cases(settings: Settings) -> AsyncIterator[Database]:
    """Open the case store to read from it; raises `KeepingError`. Nothing is made or brought up to date."""
    if settings.database is None and not (settings.data / "cases.sqlite").exists():
        raise KeepingError(
            f"No cases are kept in {settings.data.absolute()} yet; start `lora-triage serve`, or set LORA_TRIAGE_DATA "
            "to the folder where it runs."
        )
    database = Database(settings.database_url)
    try:
        yield database
    except DBAPIError as error:
        raise KeepingError(
            "The kept cases cannot be read; they may be of another version: start `lora-triage serve` once, which "
            "brings them up to date."
        ) from error
    finally:
        await database.close()


def count(settings: Settings, days: int, place: str | None, knowledge: Knowledge) -> Stats:
    """Count what recurs in the last `days` days; `place` is ``platform/server``, None all. Raises `KeepingError`."""
    platform, _, server = (place or "").partition("/")
    if place is not None and not (platform and server):
        raise KeepingError(f"{place} names no server; write it like discord/1234.")

    async def counted() -> Stats:
        async with kept_cases(settings) as database:
            return await gather(Recurrence(database), last_days(days, platform, server if place else None), knowledge)

    return asyncio.run(counted())
