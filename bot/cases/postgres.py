"""What is particular to PostgreSQL: how its connections behave, and who writes at the same time."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.plain import plain

DRIVER = "postgresql+psycopg"
_ALL = 0x4C6F5241
"""The advisory lock of the whole store; any number does that nobody else uses in this database."""
_MIGRATING = _ALL + 1
_OPTIONS = {
    # a worker that is frozen in the middle of a transaction must not hold up everybody else
    "idle_in_transaction_session_timeout": "2s",
    "lock_timeout": "30s",
    "statement_timeout": "60s",
}
_CONNECT = {
    "connect_timeout": 10,
    # a connection that was cut without a word is noticed within half a minute
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def connect_args() -> dict[str, Any]:
    """Return what a connection of the store is opened with."""
    return {**_CONNECT, "options": " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())}


def conninfo(url: URL) -> str:
    """Return the address for programs that know PostgreSQL but not SQLAlchemy."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def govern(engine: Engine) -> None:
    """Have text of any kind fit in."""
    from psycopg.types.string import StrDumper

    class Plain(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(plain(obj))

    def connected(connection: Any, _record: object) -> None:
        getattr(connection, "driver_connection", connection).adapters.register_dumper(str, Plain)

    event.listen(engine, "connect", connected)


def one_at_a_time(connection: Connection) -> None:
    """Have programs that start together bring the store up to date one after the other."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})


async def take_turn(session: AsyncSession, about: str) -> None:
    """Wait until nobody else writes; with `about`, until nobody else writes about the same, or about everything.

    So every transaction sees a store that stands still, as on SQLite, and cases can still be worked off side by side.
    """
    if not about:
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ALL})
        return
    digest = hashlib.blake2b(about.encode(), digest_size=8).digest()
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _ALL})
    one = {"key": int.from_bytes(digest, signed=True)}
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), one)


def dumps(value: object) -> str:
    """Return JSON as PostgreSQL can hold it."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(str(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
