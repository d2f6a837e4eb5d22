"""The weekly digest on Discord: posted in the channel of its server, and found again by its last line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import discord

from bot.cases.model import Place
from bot.chat.digest import digest_card, week_mark
from bot.desk import Desk, PlaceGoneError, Posted
from bot.digest.model import Digest
from bot.discord import render
from bot.discord.errors import is_gone
from bot.discord.markdown import small

_LOOK_AHEAD = 1000
"""Messages after the first attempt, among which a digest is looked for."""
_OUR_CLOCK = 3600
"""Seconds that our clock may be ahead of Discord's."""


class Digests:
    """Posts and finds them."""

    def __init__(self, client: discord.Client, desk: Desk) -> None:
        self._client = client
        self._desk = desk

    async def send(self, digest: Digest, place: Place, nonce: str) -> Posted:
        """Post a digest; raises `PlaceGoneError`. Of two with one nonce Discord keeps one, for some minutes."""
        knowledge = self._desk.knowledge
        drawn = render.draw(digest_card(digest, knowledge), knowledge)
        try:
            sent = await self._channel(place).send(
                view=drawn.view, files=drawn.files, nonce=nonce, allowed_mentions=discord.AllowedMentions.none()
            )
        except discord.HTTPException as error:
            if is_gone(error):
                raise PlaceGoneError from error
            raise
        return Posted(str(sent.id), place)

    async def find(self, week: str, place: Place, since: float) -> Posted | None:
        """Return the digest of a week, if it was posted; Discord's history does not tell nonces."""
        me = self._client.user.id if self._client.user else 0
        # small text is ours alone: what people wrote is escaped
        line = small(week_mark(week, self._desk.knowledge))
        after = datetime.fromtimestamp(since - _OUR_CLOCK, UTC)
        try:
            async for found in self._channel(place).history(limit=_LOOK_AHEAD, after=after, oldest_first=True):
                if found.author.id == me and any(text.startswith(line) for text in _lines(found.components)):
                    return Posted(str(found.id), place)
        except discord.HTTPException as error:
            if not is_gone(error):
                raise
        return None

    def _channel(self, place: Place) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(int(place.channel), guild_id=int(place.server))


def _lines(components: Iterable[Any]) -> Iterator[str]:
    for each in components:
        if isinstance(each, discord.TextDisplay):
            yield from each.content.split("\n")
        yield from _lines(getattr(each, "children", ()))
