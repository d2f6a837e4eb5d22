"""What the moderators of a server set, kept in the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from bot.cases.database import Database
from bot.cases.tables import ServerRow

_HOURS = range(24)
_KEPT_SECONDS = 1.0
"""Every message asks for them, and another process may have changed them: nothing older is used."""
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of one server. Raises ValueError for an hour or a time zone that does not exist."""

    channels: tuple[str, ...] = ()
    """Channels where uploads are looked at without a call; empty: only when called."""
    answer_in: Literal["thread", "reply"] = "thread"
    digest_channel: str = ""
    """Empty: no digest."""
    digest_hour: int = 9
    time_zone: str = "UTC"
    quiet: bool = False
    """Answer only who calls, whatever the channels."""
    role: str = ""
    """Role to call when a person says that the answer did not help."""

    def __post_init__(self) -> None:
        if self.digest_hour not in _HOURS:
            raise ValueError(f"there is no hour {self.digest_hour}; choose 0 to 23")
        if self.answer_in not in ("thread", "reply"):
            raise ValueError(f"answers go into a thread or a reply, not into {self.answer_in!r}")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {self.time_zone}; write it like Europe/Warsaw") from error


class Servers:
    """Reads and changes the settings of servers."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[float, ServerSettings]] = {}

    async def get(self, platform: str, server: str) -> ServerSettings:
        """Return the settings of a server, at most a second old; the defaults where nobody set any."""
        begun = time.monotonic()
        at, kept = self._kept.get((platform, server), (-_KEPT_SECONDS, ServerSettings()))
        if begun - at < _KEPT_SECONDS:
            return kept
        async with self._database.read() as session:
            row = await session.get(ServerRow, (platform, server))
        found = ServerSettings()
        if row is not None:
            values = {field.name: getattr(row, field.name) for field in fields(ServerSettings)}
            found = ServerSettings(**{**values, "channels": tuple(row.channels)})
        self._keep((platform, server), begun, found)
        return found

    async def known(self) -> tuple[tuple[str, str], ...]:
        """Return platform and server of all that have settings."""
        query = select(ServerRow.platform, ServerRow.server).order_by(ServerRow.platform, ServerRow.server)
        async with self._database.read() as session:
            return tuple((platform, server) for platform, server in (await session.execute(query)).all())

    async def put(self, platform: str, server: str, settings: ServerSettings) -> None:
        """Replace the settings of a server. Digests begin with the first that is due after a channel is set."""
        values = {field.name: getattr(settings, field.name) for field in fields(ServerSettings)}
        async with self._database.write() as session:
            before = await session.get(ServerRow, (platform, server))
            begins = bool(settings.digest_channel) and not (before and before.digest_channel)
            since = self._clock() if begins or before is None else before.digest_since
            await session.merge(
                ServerRow(
                    platform=platform,
                    server=server,
                    **{**values, "channels": list(settings.channels), "digest_since": since},
                )
            )
        self._keep((platform, server), time.monotonic(), settings)

    def _keep(self, server: tuple[str, str], begun: float, settings: ServerSettings) -> None:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        # what was read before a change must not take its place
        if self._kept.get(server, (0.0, settings))[0] <= begun:
            self._kept[server] = (begun, settings)
