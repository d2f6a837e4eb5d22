"""Discord: its events to submissions, and answers to its messages. What is not Discord's own is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.discord.account import DiscordAdapter
    from bot.settings import Settings


def adapter(settings: Settings) -> DiscordAdapter:
    """Return the adapter for the token in the settings."""
    from bot.discord.account import DiscordAdapter
    from bot.discord.client import Shards

    assert settings.discord_token is not None  # noqa: S101  # it is asked for only where there is one
    shards = Shards(settings.discord_shards, settings.discord_shard_ids)
    return DiscordAdapter(settings.discord_token.get_secret_value(), shards)
