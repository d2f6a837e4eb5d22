"""What happens in the channels, handed to the desk: messages, edits, deletions."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

import discord

from bot.cases.model import Submission
from bot.chat.doing import Said
from bot.chat.hearing import hear
from bot.chat.shown import Shown
from bot.desk import Desk
from bot.discord import render
from bot.discord.submissions import PLATFORM, calls, from_message, is_of_a_person
from bot.logs import get_log
from bot.wire.links import Links
from bot.wire.seen import Seen

_log = get_log(__name__)


class Events:
    """Each event is taken in once, however often Discord delivers it."""

    def __init__(self, client: discord.Client, desk: Desk, links: Links, seen: Seen) -> None:
        self._client = client
        self._desk = desk
        self._links = links
        self._seen = seen

    async def posted(self, message: discord.Message) -> None:
        """A message was posted, now or while we were away."""
        with self._handling(message):
            if not is_of_a_person(message):
                return
            message = await self._known_place(message)
            submission = from_message(message, self._links, self._is_call(message), self._me)
            said = await hear(self._desk, submission, lambda: self._pointed_at(message))
            if said is not None:
                await self._tell(message, said)

    async def edited(self, message: discord.Message) -> None:
        """A message was edited; Discord says so too when it shows a preview of a link, say."""
        if not is_of_a_person(message) or message.edited_at is None:
            return
        message = await self._known_place(message)
        await self._desk.edit(from_message(message, self._links, self._is_call(message), self._me))

    async def deleted(self, messages: Iterable[int]) -> None:
        """Messages were deleted."""
        await self._desk.withdraw(PLATFORM, [str(each) for each in messages])

    def _handling(self, message: discord.Message) -> AbstractContextManager[None]:
        return self._seen.handling(str(message.guild.id), message.id) if message.guild else nullcontext()

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    def _is_call(self, message: discord.Message) -> bool:
        return message.guild is None or calls(message, self._me)

    async def _known_place(self, message: discord.Message) -> discord.Message:
        """A thread that rested for long is not known until it is asked for, nor the channel that it belongs to."""
        if message.guild is not None and isinstance(message.channel, discord.PartialMessageable):
            channel = await self._client.fetch_channel(message.channel.id)
            if isinstance(channel, discord.Thread):
                message.channel = channel
        return message

    async def _pointed_at(self, message: discord.Message) -> Submission | None:
        """Who calls us in answer to a message, and says nothing else, wants that message diagnosed."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        target = reference.resolved
        if not isinstance(target, discord.Message):
            try:
                target = await message.channel.fetch_message(reference.message_id)
            except discord.HTTPException:
                return None
        if target.author.id == self._me:
            return None
        target.channel = message.channel
        return from_message(target, self._links, True, self._me)

    async def _tell(self, message: discord.Message, said: Shown | Said) -> None:
        knowledge = self._desk.knowledge
        drawn = render.sentence(said.text, knowledge) if isinstance(said, Said) else render.shown(said, knowledge)
        try:
            await message.reply(view=drawn.view, mention_author=False, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            _log.warning("a message could not be answered", status=error.status)
