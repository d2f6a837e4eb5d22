"""The connection: discord.py with the few intents that are needed, and its events to where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from bot.desk import Desk
from bot.discord.catchup import OVERLAP, catch_up, now
from bot.discord.commands import add_commands
from bot.discord.components import Components
from bot.discord.digests import Digests
from bot.discord.events import Events
from bot.discord.posts import Posts
from bot.discord.submissions import PLATFORM
from bot.logs import get_log
from bot.wire.links import Links
from bot.wire.seen import Seen

_log = get_log(__name__)
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


@dataclass(frozen=True, slots=True)
class Shards:
    """Into how many parts Discord divides its servers, and which of them this process listens to; empty: all."""

    count: int = 1
    ids: tuple[int, ...] = ()

    @property
    def here(self) -> tuple[int, ...]:
        """The parts that this process listens to."""
        return self.ids or tuple(range(self.count))


ALL_IN_ONE = Shards()


def make_client(desk: Desk, links: Links, shards: Shards | None = None) -> Client:
    """Return a client that listens to these shards; with None to nothing: it can only say."""
    if shards is None or shards.count == 1:
        return Client(desk, links, shards is not None)
    if len(shards.here) == 1:
        return Client(desk, links, shards.here == (0,), shard_id=shards.here[0], shard_count=shards.count)
    return ShardedClient(desk, links, 0 in shards.here, shard_ids=list(shards.here), shard_count=shards.count)


class Client(discord.Client):
    """Keeps no messages and no members: everything that matters is in the case store."""

    def __init__(self, desk: Desk, links: Links, registers: bool, **where: Any) -> None:
        """`registers`: whether the commands are announced; one process is enough for that."""
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **where,
        )
        self._registers = registers
        self._desk = desk
        self.seen = Seen(desk.positions, PLATFORM, OVERLAP)
        self.posts = Posts(self, desk)
        self.digests = Digests(self, desk)
        self.events = Events(self, desk, links, self.seen)
        self._components = Components(desk, self.posts)
        self.tree = app_commands.CommandTree(self)
        add_commands(self.tree, desk, self.posts, links)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Begin nothing once we are closing: discord.py still waits for servers then, and would call us ready."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def setup_hook(self) -> None:
        """Called between logging in and connecting."""
        if self._registers:
            await self.tree.sync()
        await self.seen.load()

    async def on_ready(self) -> None:
        """Called once everything is known of all servers."""
        _log.info("connected", platform=PLATFORM, servers=len(self.guilds))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Called for each server after connecting anew, and after an outage of that server."""
        await catch_up(guild, self.seen, self.events)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Called when somebody invites us."""
        await self.seen.start(str(guild.id), now())

    async def on_message(self, message: discord.Message) -> None:
        """Called for each message."""
        await self.events.posted(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Called for each change of a message."""
        await self.events.edited(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Called for a deleted message."""
        await self.events.deleted([payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Called when a moderator cleans up."""
        await self.events.deleted(payload.message_ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Called for commands, presses and forms; commands are the tree's."""
        await self._components.handle(interaction)

    async def on_error(self, event: str, /, *_args: object, **_kwargs: object) -> None:
        """Called where one of the above raises."""
        _log.exception("an event could not be handled", event_name=event)


class ShardedClient(Client, discord.AutoShardedClient):
    """The same on several shards at once."""
