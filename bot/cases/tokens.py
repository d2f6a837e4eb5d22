"""Tokens with which programs ask over HTTP: shown once, kept as hashes, each with a name and taken back by it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.cases.database import Database
from bot.cases.tables import TokenRow

PREFIX = "ltr_"
_BYTES = 24
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class TokenView:
    """What is known of a token; `at` is when it was made, in UNIX seconds."""

    name: str
    at: float


class Tokens:
    """Makes and checks them."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def make(self, name: str) -> str:
        """Return a new token; one that had the name before holds no more."""
        token = PREFIX + secrets.token_urlsafe(_BYTES)
        async with self._database.write() as session:
            await session.execute(delete(TokenRow).where(TokenRow.name == name))
            session.add(TokenRow(mark=_mark(token), name=name, at=self._clock()))
        return token

    async def revoke(self, name: str) -> None:
        """Take back the token of a name."""
        async with self._database.write() as session:
            await session.execute(delete(TokenRow).where(TokenRow.name == name))

    async def name(self, token: str) -> str | None:
        """Return the name of a token; None where it does not hold."""
        if not token.startswith(PREFIX) or len(token) > _LONGEST:
            return None
        async with self._database.read() as session:
            found: str | None = await session.scalar(select(TokenRow.name).where(TokenRow.mark == _mark(token)))
            return found

    async def all(self) -> tuple[TokenView, ...]:
        """Return all of them by name."""
        async with self._database.read() as session:
            rows = await session.scalars(select(TokenRow).order_by(TokenRow.name))
            return tuple(TokenView(row.name, row.at) for row in rows)


def _mark(token: str) -> str:
    # of 24 random bytes a plain hash tells nothing
    return hashlib.sha256(token.encode()).hexdigest()
