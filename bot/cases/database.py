"""The database of the cases: SQLite by default, brought up to date at the start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from bot.cases.turns import Turns

_BUSY_SECONDS = 30
_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a case that was acknowledged survives a power cut
    "foreign_keys = ON",
    f"busy_timeout = {_BUSY_SECONDS * 1000}",
    "secure_delete = ON",  # what a person wants forgotten leaves no trace in free pages
)
_SYNC_DRIVERS = {"sqlite+aiosqlite": "sqlite", "postgresql+asyncpg": "postgresql+psycopg"}


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; waits for nothing, so call it before the event loop or in a thread."""
    from alembic import command
    from alembic.config import Config

    parsed = make_url(url)
    drivername = _SYNC_DRIVERS.get(parsed.drivername, parsed.drivername)
    if drivername == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed.set(drivername=drivername), poolclass=NullPool, hide_parameters=True)
    if drivername == "sqlite":
        _govern(engine, "BEGIN IMMEDIATE")
        # a table that is made anew under its old name must not take the rows that point to it along
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys = OFF"))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            current = command.upgrade if revision == "head" else command.downgrade
            current(config, revision)
    finally:
        engine.dispose()


class Database:
    """Sessions on the case store. `write` takes SQLite's one write lock at once: it never has to be upgraded."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = _engine(url, "BEGIN")
        self._writer = _engine(url, "BEGIN IMMEDIATE")
        self._turns = Turns()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is one file on this machine."""
        return make_url(self._url).get_backend_name() == "sqlite"

    async def open(self) -> None:
        """Apply the migrations."""
        await asyncio.to_thread(migrate, self._url)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self, urgent: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end, rolled back where it raises; `urgent` goes before what waits already.

        SQLite has one writer at a time and lets others poll for their turn; here they stand in line.
        """
        async with (
            self._turns.taken(urgent) if self.is_sqlite else nullcontext(),
            AsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    async def scrub(self) -> None:
        """Empty the write-ahead log: deleted rows stand in it until then."""
        if self.is_sqlite:
            async with self._engine.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None  # noqa: S101  # an open connection has one
                await raw.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


def _engine(url: str, begin: str) -> AsyncEngine:
    # hide_parameters: an error is logged, and what somebody wrote is nothing for a log
    engine = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=_BUSY_SECONDS, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _govern(engine.sync_engine, begin)
    return engine


def _govern(engine: Engine, begin: str) -> None:
    """Have SQLite begin transactions when we do: by itself the driver leaves table changes out of them."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", lambda connection: connection.execute(text(begin)))


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.isolation_level = None
