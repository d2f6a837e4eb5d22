"""Our replies on Slack: posted, changed, found again, taken down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from slack_sdk.errors import SlackApiError

from bot.cases.model import CaseRef, Place, Progress, Reply
from bot.chat.answer import answer
from bot.chat.receipts import progress_card
from bot.desk import Desk, PlaceGoneError, Posted
from bot.logs import get_log
from bot.slack import render
from bot.slack.api import Api
from bot.slack.errors import is_gone, reason
from bot.slack.history import of_channel, of_thread
from bot.slack.messages import Json, key, number, split, ts_of
from bot.slack.render import Drawn
from bot.slack.sharing import EVENT, Sharing
from bot.slack.submissions import PLATFORM
from bot.slack.writing import Writing

_log = get_log(__name__)
_LOOK_BACK = 1000
"""Messages after the one that opened a case, among which our reply is looked for."""
_OUR_CLOCK = 60_000_000
"""Microseconds that our clock may be ahead of Slack's."""


class Posts:
    """Says replies in the thread of the message, or in the channel where a command was given."""

    def __init__(self, api: Api, desk: Desk, sharing: Sharing) -> None:
        self._api = api
        self._desk = desk
        self._sharing = sharing
        self._writing = Writing(api)

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Post the reply of a case; raises `PlaceGoneError`. What answers a command goes to its caller directly where
        we may not write in the channel."""
        case, drawn = said.case, self._drawn(said)
        known = {"event_type": EVENT, "event_payload": {"nonce": nonce, "case": case.id}}
        place, pictures = case.place, await self._sharing.pictures(drawn)
        try:
            ts = await self._writing.post(drawn, pictures, **await self._where(place), metadata=known)
        except SlackApiError as error:
            if not is_gone(error):
                raise
            place = await self._direct(case, error)
            try:
                ts = await self._writing.post(drawn, pictures, channel=place.channel, metadata=known)
            except SlackApiError as again:
                raise _gone_or(again) from again
        posted = Posted(key(place.channel, ts), place)
        await self._sharing.share(posted, case.id, drawn.files)
        return posted

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        """Make a reply say something else; raises `PlaceGoneError`."""
        drawn = self._drawn(said)
        channel, ts = split(posted.message)
        before = await self._sharing.standing(posted) if isinstance(said, Reply) else None
        pictures = await self._sharing.pictures(drawn)
        try:
            await self._writing.update(drawn, pictures, channel=channel, ts=ts)
        except SlackApiError as error:
            raise _gone_or(error) from error
        if before is not None:
            await self._sharing.share(posted, said.case.id, drawn.files, before)

    async def find(self, case: CaseRef, nonce: str) -> Posted | None:
        """Return the reply to a case: it bears the nonce where people do not see it."""
        if found := await self._found(case, case.place, nonce):
            return found
        with suppress(PlaceGoneError):
            return await self._found(case, await self._direct(case), nonce) if case.handle else None
        return None

    async def remove(self, posted: Posted) -> None:
        """Take a reply down, with its files; one that is gone already is no error."""
        before = await self._sharing.standing(posted)
        channel, ts = split(posted.message)
        try:
            await self._api.client.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if not is_gone(error):
                raise
        await self._sharing.drop(channel, before)

    async def _found(self, case: CaseRef, place: Place, nonce: str) -> Posted | None:
        async for message in self._after(place, split(case.message)[1]):
            known = message.get("metadata") or {}
            if self._api.is_ours(message) and known.get("event_payload", {}).get("nonce") == nonce:
                return Posted(key(place.channel, str(message["ts"])), place)
        return None

    async def _where(self, place: Place) -> Json:
        """Return where to post; a thread whose answers are to be seen by all shows them in its channel too."""
        if not place.thread:
            return {"channel": place.channel}
        where: Json = {"channel": place.channel, "thread_ts": split(place.thread)[1]}
        if place.server and (await self._desk.servers.get(place.platform, place.server)).answer_in != "thread":
            where["reply_broadcast"] = True
        return where

    async def _direct(self, case: CaseRef, why: SlackApiError | None = None) -> Place:
        """Return the conversation with the caller of a command; raises `PlaceGoneError` where there is none."""
        if not case.handle:
            _log.warning("a reply could not be posted", case=case.id, reason=reason(why) if why else "")
            raise PlaceGoneError from why
        try:
            opened = await self._api.client.conversations_open(users=case.handle)
        except SlackApiError as error:
            raise _gone_or(error) from error
        return Place(PLATFORM, case.place.server, str(opened["channel"]["id"]))

    async def _after(self, place: Place, ts: str) -> AsyncIterator[Json]:
        """Yield what was said in a place since a moment; nothing where we may not read."""
        try:
            if place.thread:
                async for message in of_thread(self._api, place.channel, split(place.thread)[1], ts, _LOOK_BACK):
                    yield message
            else:
                since = ts_of(number(ts) - _OUR_CLOCK)
                async for message in of_channel(self._api, place.channel, since, _LOOK_BACK):
                    yield message
        except SlackApiError as error:
            if not is_gone(error):
                raise

    def _drawn(self, said: Reply | Progress) -> Drawn:
        knowledge = self._desk.knowledge
        card = answer(said, knowledge) if isinstance(said, Reply) else progress_card(said, knowledge)
        return render.draw(card, knowledge)


def _gone_or(error: SlackApiError) -> Exception:
    return PlaceGoneError() if is_gone(error) else error
