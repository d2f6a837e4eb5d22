"""Our replies on Discord: posted, changed, found again, taken down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

import discord

from bot.cases.model import CaseRef, Place, Progress, Reply
from bot.chat.receipts import progress_card
from bot.desk import Desk, PlaceGoneError, Posted
from bot.discord import render
from bot.discord.errors import THREAD_EXISTS, is_gone, is_over
from bot.logs import get_log

_log = get_log(__name__)
_TOKEN_SECONDS = 14 * 60
"""A token to answer a command with is good for 15 minutes; the last one is not relied on."""
_ACK_SECONDS = 5
_ACK_AGAIN_SECONDS = 0.5
_ORIGINAL: Any = "@original"
"""What Discord calls the answer to a command; the library is typed for numbers alone."""
_LOOK_BACK = 500
"""Messages after the one that opened a case, among which our reply is looked for."""
_REST_MINUTES: Literal[1440] = 1440


class Posts:
    """Says replies in the place that fits: in answer to a command, in a thread, or as a reply to the message."""

    def __init__(self, client: discord.Client, desk: Desk) -> None:
        self._client = client
        self._desk = desk
        self._acks: dict[str, asyncio.Event] = {}

    @contextmanager
    def answering(self, interaction: str) -> Iterator[None]:
        """While a command is being answered nothing else is said on its case."""
        answered = self._acks[interaction] = asyncio.Event()
        try:
            yield
        finally:
            answered.set()
            del self._acks[interaction]

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Post the reply of a case; raises `PlaceGoneError`."""
        case = said.case
        await self._acknowledged(case.message)
        if posted := await self._change_answer(said):
            return posted
        try:
            return await self._post(said, nonce)
        except discord.HTTPException as error:
            if is_gone(error):
                _log.warning("a reply could not be posted", case=case.id, status=error.status, code=error.code)
                raise PlaceGoneError from error
            raise

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        """Make a reply say something else; raises `PlaceGoneError`."""
        answer = await self._change_answer(said)
        if answer is not None and answer.message == posted.message:
            return
        drawn = self._drawn(said)
        message = self._channel(posted.place).get_partial_message(int(posted.message))
        try:
            await message.edit(view=drawn.view, attachments=list(drawn.files), allowed_mentions=_NOBODY)
        except discord.HTTPException as error:
            if is_gone(error):
                raise PlaceGoneError from error
            raise

    async def find(self, case: CaseRef) -> Posted | None:
        """Return the reply to a case, from the answer to its command, its thread or what came after its message."""
        await self._acknowledged(case.message)
        if webhook := self._webhook(case):
            try:
                answer = await webhook.fetch_message(_ORIGINAL)
                return Posted(str(answer.id), case.place)
            except discord.HTTPException as error:
                if not is_over(error):
                    raise
        place = case.place
        if not place.thread:
            own = Place(place.platform, place.server, place.channel, case.message)
            async for message in self._after(own, None):
                if self._is_reply(message, case) or message.reference is None:
                    return Posted(str(message.id), own)
        async for message in self._after(place, int(case.message)):
            if self._is_reply(message, case):
                return Posted(str(message.id), place)
        return None

    async def remove(self, posted: Posted) -> None:
        """Take a reply down; one that is gone already is no error."""
        try:
            await self._channel(posted.place).get_partial_message(int(posted.message)).delete()
        except discord.HTTPException as error:
            if not is_gone(error):
                raise

    async def _post(self, said: Reply | Progress, nonce: str) -> Posted:
        place = said.case.place
        of_a_message = not said.case.handle
        if of_a_message and place.server and not place.thread:
            place = await self._thread(said.case)
        drawn = self._drawn(said)
        channel = self._channel(place)
        if of_a_message and not (place.thread and place.thread == said.case.message):
            server = int(place.server) if place.server else None
            reference = discord.MessageReference(
                message_id=int(said.case.message), channel_id=channel.id, guild_id=server, fail_if_not_exists=True
            )
            sent = await channel.send(
                view=drawn.view,
                files=drawn.files,
                nonce=nonce,
                reference=reference,
                mention_author=False,
                allowed_mentions=_NOBODY,
            )
        else:
            sent = await channel.send(view=drawn.view, files=drawn.files, nonce=nonce, allowed_mentions=_NOBODY)
        return Posted(str(sent.id), place)

    async def _thread(self, case: CaseRef) -> Place:
        """Open a thread below the message where the server wants it so; a thread has the number of its message."""
        place = case.place
        if (await self._desk.servers.get(place.platform, place.server)).answer_in != "thread":
            return place
        name = self._desk.knowledge.chat.case.title.format(case=case.id)
        try:
            await self._client.http.start_thread_with_message(
                int(place.channel), int(case.message), name=name, auto_archive_duration=_REST_MINUTES
            )
        except discord.HTTPException as error:
            if error.status in (400, 403) and error.code != THREAD_EXISTS:
                return place
            if error.code != THREAD_EXISTS:
                raise
        return Place(place.platform, place.server, place.channel, case.message)

    async def _change_answer(self, said: Reply | Progress) -> Posted | None:
        """Change the answer to a command with its token; None where there is none, or it is too late for that."""
        webhook = self._webhook(said.case)
        if webhook is None:
            return None
        while True:
            drawn = self._drawn(said)
            try:
                message = await webhook.edit_message(
                    _ORIGINAL, view=drawn.view, attachments=list(drawn.files), allowed_mentions=_NOBODY
                )
            except discord.HTTPException as error:
                if not is_over(error):
                    raise
                if _age(said.case) > _ACK_SECONDS:
                    return None
                # whoever listens, elsewhere perhaps, is about to acknowledge the command
                await asyncio.sleep(_ACK_AGAIN_SECONDS)
            else:
                return Posted(str(message.id), said.case.place)

    def _webhook(self, case: CaseRef) -> discord.Webhook | None:
        application = self._client.application_id
        if not case.handle or application is None:
            return None
        if _age(case) > _TOKEN_SECONDS:
            return None
        return discord.Webhook.partial(application, case.handle, client=self._client)

    async def _acknowledged(self, interaction: str) -> None:
        if answered := self._acks.get(interaction):
            with suppress(TimeoutError):
                async with asyncio.timeout(_ACK_SECONDS):
                    await answered.wait()

    async def _after(self, place: Place, message: int | None) -> AsyncIterator[discord.Message]:
        """Yield our own messages in a place, the oldest first."""
        me = self._client.user.id if self._client.user else 0
        after = discord.Object(message) if message else discord.Object(0)
        try:
            async for found in self._channel(place).history(limit=_LOOK_BACK, after=after, oldest_first=True):
                if found.author.id == me:
                    yield found
        except discord.HTTPException as error:
            if not is_gone(error):
                raise

    def _is_reply(self, message: discord.Message, case: CaseRef) -> bool:
        called = message.interaction_metadata
        if called is not None and str(called.id) == case.message:
            return True
        return message.reference is not None and str(message.reference.message_id) == case.message

    def _channel(self, place: Place) -> discord.PartialMessageable:
        server = int(place.server) if place.server else None
        return self._client.get_partial_messageable(int(place.thread or place.channel), guild_id=server)

    def _drawn(self, said: Reply | Progress) -> render.Drawn:
        knowledge = self._desk.knowledge
        if isinstance(said, Reply):
            return render.drawn(said, knowledge)
        return render.draw(progress_card(said, knowledge), knowledge)


def _age(case: CaseRef) -> float:
    return time.time() - discord.utils.snowflake_time(int(case.message)).timestamp()


_NOBODY = discord.AllowedMentions.none()
