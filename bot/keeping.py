"""Reads the kept cases from outside `serve`, which may be running meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError

from bot.cases.database import Database
from bot.cases.kept import kept
from bot.cases.recurrence import Recurrence
from bot.cases.weekly import newest
from bot.chat.asked import last_days
from bot.digest.compose import Composer
from bot.digest.model import Digest
from bot.settings import Settings
from bot.stats import Stats, gather
from diagnostics.trial import Change, Trial
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
    platform, server = _server(place) if place is not None else ("", None)

    async def counted() -> Stats:
        async with kept_cases(settings) as database:
            return await gather(Recurrence(database), last_days(days, platform, server), knowledge)

    return asyncio.run(counted())


def digests(settings: Settings, place: str | None, knowledge: Knowledge) -> list[Digest]:
    """Make the digests of the week that is over, of each server that has them; nothing is posted or noted.

    With `place` (``platform/server``) the last seven days of that one. Raises `KeepingError`.
    """
    only = _server(place) if place is not None else None

    async def made() -> list[Digest]:
        async with kept_cases(settings) as database:
            composer = Composer(Recurrence(database), lambda: knowledge, time.time)
            if only is not None:
                return [await composer.so_far(*only)]
            return [await composer.of_week(due, late=False) for due in await newest(database, time.time())]

    return asyncio.run(made())


def try_rule(settings: Settings, trial: Trial, most: int, advance: Callable[[], None]) -> tuple[int, list[Change]]:
    """Try a rule on the `most` newest cases that hold evidence; returns how many there were. Raises `KeepingError`."""

    async def tried() -> tuple[int, list[Change]]:
        changes: list[Change] = []
        total = 0
        async with kept_cases(settings) as database:
            async for case in kept(database, most):
                total += 1
                if change := trial.of(case):
                    changes.append(change)
                advance()
        return total, changes

    return asyncio.run(tried())


def _server(place: str) -> tuple[str, str]:
    platform, _, server = place.partition("/")
    if not (platform and server):
        raise KeepingError(f"{place} names no server; write it like discord/1234.")
    return platform, server
