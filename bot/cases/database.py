"""The database of the cases, SQLite or PostgreSQL, brought up to date at the start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from bot.cases import postgres
from bot.cases.turns import Turns

_BUSY_SECONDS = 30
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a case that was acknowledged survives a power cut
    "foreign_keys = ON",
    f"busy_timeout = {_BUSY_SECONDS * 1000}",
    "secure_delete = ON",  # what a person wants forgotten leaves no trace in free pages
)


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`, forward or back; call it before the event loop or in a thread."""
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext

    engine = blocking_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            if engine.dialect.name != "sqlite":
                postgres.one_at_a_time(connection)
            config.attributes["connection"] = connection
            here = MigrationContext.configure(connection).get_current_revision() or ""
            newer = revision == "head" or (revision != "base" and revision > here)
            (command.upgrade if newer else command.downgrade)(config, revision)
    finally:
        engine.dispose()


def blocking_engine(url: str) -> Engine:
    """Return an engine for threads on the database at `url`, on SQLite without the check of foreign keys."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True, json_serializer=postgres.dumps)
        postgres.govern(engine)
        return engine
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed.set(drivername="sqlite"), poolclass=NullPool, hide_parameters=True)
    _govern(engine, "BEGIN IMMEDIATE")
    # a table that is made anew under its old name must not take the rows that point to it along
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys = OFF"))
    return engine


class Database:
    """Sessions on the case store. Who writes has the store for itself, or at least what the writing is about."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = _engine(url, "BEGIN")
        # takes SQLite's one write lock at once: it never has to be upgraded
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
    async def write(self, urgent: bool = False, about: str = "") -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end, rolled back where it raises; `urgent` goes before what waits already.

        One that changes nothing but what `about` names need not wait for the others, where the database can do that.
        SQLite has one writer at a time and lets others poll for their turn; here they stand in line.
        """
        if self.is_sqlite:
            async with self._turns.taken(urgent), self._writing() as session:
                yield session
        else:
            async with self._writing() as session:
                await postgres.take_turn(session, about)
                yield session

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
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
    how: dict[str, Any] = {"pool_size": 4, "max_overflow": 0, "pool_timeout": _BUSY_SECONDS, "hide_parameters": True}
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_async_engine(url, **how)
        _govern(engine.sync_engine, begin)
        return engine
    how |= {"pool_pre_ping": True, "connect_args": postgres.connect_args(), "json_serializer": postgres.dumps}
    engine = create_async_engine(url, **how)
    postgres.govern(engine.sync_engine)
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
