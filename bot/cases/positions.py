"""How far each channel was read, so that a process that was away goes on from there."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.cases.database import Database
from bot.cases.tables import PositionRow


class Positions:
    """The last message seen, by channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, platform: str) -> dict[str, str]:
        """Return the last message of every channel."""
        async with self._database.read() as session:
            rows = await session.scalars(select(PositionRow).where(PositionRow.platform == platform))
            return {row.channel: row.message for row in rows}

    async def put(self, platform: str, seen: dict[str, str]) -> None:
        """Note the last message of some channels."""
        async with self._database.write() as session:
            for channel, message in seen.items():
                await session.merge(PositionRow(platform=platform, channel=channel, message=message))

    async def drop(self, platform: str, channels: frozenset[str]) -> None:
        """Forget channels that are not read any more."""
        async with self._database.write() as session:
            await session.execute(
                delete(PositionRow).where(PositionRow.platform == platform, PositionRow.channel.in_(channels))
            )
