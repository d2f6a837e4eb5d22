"""The weekly digest on Slack: posted in the channel of its workspace, found again by its nonce; files go below it."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.cases.model import Place
from bot.chat.digest import digest_card
from bot.desk import Desk, PlaceGoneError, Posted
from bot.digest.model import Digest
from bot.slack import render
from bot.slack.api import Api
from bot.slack.errors import is_gone
from bot.slack.history import of_channel
from bot.slack.messages import key, ts_of
from bot.slack.render import Drawn
from bot.slack.sharing import EVENT, Sharing
from bot.slack.writing import Writing

_LOOK_BACK = 5000
"""Messages back to the first attempt, among which a digest is looked for."""
_OUR_CLOCK = 3600
"""Seconds that our clock may be ahead of Slack's."""


class Digests:
    """Posts and finds them."""

    def __init__(self, api: Api, desk: Desk, sharing: Sharing) -> None:
        self._api = api
        self._desk = desk
        self._sharing = sharing
        self._writing = Writing(api)

    async def send(self, digest: Digest, place: Place, nonce: str) -> Posted:
        """Post a digest; raises `PlaceGoneError`."""
        drawn = self._drawn(digest)
        known = {"event_type": EVENT, "event_payload": {"nonce": nonce, "case": _name(digest)}}
        pictures = await self._sharing.pictures(drawn)
        try:
            ts = await self._writing.post(drawn, pictures, channel=place.channel, metadata=known)
        except SlackApiError as error:
            raise PlaceGoneError() if is_gone(error) else error from error
        posted = Posted(key(place.channel, ts), place)
        await self._sharing.share(posted, _name(digest), drawn.files)
        return posted

    async def find(self, digest: Digest, place: Place, nonce: str, since: float) -> Posted | None:
        """Return a digest, if it was posted; files that were still missing are put below it."""
        oldest = ts_of((since - _OUR_CLOCK) * 1_000_000)
        try:
            async for message in of_channel(self._api, place.channel, oldest, _LOOK_BACK):
                known = (message.get("metadata") or {}).get("event_payload", {})
                if self._api.is_ours(message) and known.get("nonce") == nonce:
                    posted = Posted(key(place.channel, str(message["ts"])), place)
                    await self._complete(posted, digest)
                    return posted
        except SlackApiError as error:
            if not is_gone(error):
                raise
        return None

    async def _complete(self, posted: Posted, digest: Digest) -> None:
        standing = await self._sharing.standing(posted)
        if not standing.shares:
            await self._sharing.share(posted, _name(digest), self._drawn(digest).files)

    def _drawn(self, digest: Digest) -> Drawn:
        knowledge = self._desk.knowledge
        return render.draw(digest_card(digest, knowledge), knowledge)


def _name(digest: Digest) -> str:
    return digest.week or f"{digest.last:%Y-%m-%d}"
