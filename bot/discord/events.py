"""What happens in the channels, handed to the desk: messages, edits, deletions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import discord

from bot.cases.model import Receipt, Status, Submission
from bot.desk import Desk
from bot.discord import render
from bot.discord.links import Links
from bot.discord.seen import Seen
from bot.discord.submissions import PLATFORM, calls, from_message, is_of_a_person
from bot.logs import get_log

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
        with self._seen.handling(message):
            if not is_of_a_person(message):
                return
            message = await self._known_place(message)
            asked = self._is_call(message)
            submission = from_message(message, self._links, asked, self._me)
            if asked and not submission.text and not submission.files:
                submission = await self._pointed_at(message, submission)
                if not submission.text and not submission.files:
                    await self._explain(message)
                    return
            receipt = await self._desk.receive(submission)
            if asked and receipt.status in (Status.COOLING, Status.KNOWN) and message.id == int(submission.message):
                await self._tell(message, receipt)

    async def edited(self, message: discord.Message) -> None:
        """A message was edited; Discord says so too when it shows a preview of a link, say."""
        if not is_of_a_person(message) or message.edited_at is None:
            return
        message = await self._known_place(message)
        await self._desk.edit(from_message(message, self._links, self._is_call(message), self._me))

    async def deleted(self, messages: Iterable[int]) -> None:
        """Messages were deleted."""
        await self._desk.withdraw(PLATFORM, [str(each) for each in messages])

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

    async def _pointed_at(self, message: discord.Message, submission: Submission) -> Submission:
        """Who calls us in answer to a message, and says nothing else, wants that message diagnosed."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return submission
        target = reference.resolved
        if not isinstance(target, discord.Message):
            try:
                target = await message.channel.fetch_message(reference.message_id)
            except discord.HTTPException:
                return submission
        if target.author.id == self._me:
            return submission
        target.channel = message.channel
        pointed = from_message(target, self._links, True, self._me)
        return replace(pointed, person=submission.person, event=submission.event)

    async def _explain(self, message: discord.Message) -> None:
        drawn = render.guide(self._desk.guide(), self._desk.knowledge)
        await message.reply(view=drawn.view, mention_author=False, allowed_mentions=discord.AllowedMentions.none())

    async def _tell(self, message: discord.Message, receipt: Receipt) -> None:
        drawn = render.receipt(receipt, self._desk.knowledge)
        try:
            await message.reply(view=drawn.view, mention_author=False, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            _log.warning("a receipt could not be shown", status=error.status)
