"""Answers to commands, presses and shortcuts, seen by the caller alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from slack_sdk.errors import SlackApiError

from bot.chat.actions import Source
from bot.chat.blocks import Card, Choice
from bot.chat.doing import Said
from bot.chat.receipts import sentence_card
from bot.chat.shown import Form, Shown
from bot.desk import Desk
from bot.logs import get_log
from bot.slack import render
from bot.slack.api import Api
from bot.slack.calls import Call
from bot.slack.errors import reason
from bot.slack.layout import Surface
from bot.slack.messages import split
from bot.slack.people import People
from bot.slack.render import Drawn
from bot.slack.richtext import escape
from bot.slack.sharing import Sharing
from bot.slack.views import form, modal

_log = get_log(__name__)
_OK = 200
_PATIENCE = (0.5, 1.5)
"""Seconds that Slack is given to process a picture; it takes five answers to a call in all."""


class Answers:
    """Shows and says, in the place that fits: below the message, or in a modal over a view."""

    def __init__(self, api: Api, desk: Desk, people: People, sharing: Sharing) -> None:
        self._api = api
        self._desk = desk
        self._people = people
        self._sharing = sharing

    async def show(self, call: Call, what: Shown | Said) -> None:
        """Show or say something; in place of what the caller sees alone already, where that is wanted."""
        shown = Shown(sentence_card(what.text), in_place=False) if isinstance(what, Said) else what
        roles = await self._people.groups() if _asks_for_roles(shown.card) else ()
        surface = Surface.MESSAGE if call.view is None else Surface.VIEW
        drawn = render.shown(shown, self._desk.knowledge, surface, roles)
        if call.view is None:
            await self._respond(call, drawn, shown.in_place and call.ephemeral)
        else:
            view = modal(drawn.with_pictures({}), call.origin)
            if call.at_home:
                await self._api.client.views_open(trigger_id=call.trigger, view=view)
            elif shown.in_place:
                await self._api.client.views_update(view_id=str(call.view["id"]), view=view)
            else:
                await self._push(call, view)
        if drawn.files and not shown.in_place:
            await self._sharing.hand(call.person, drawn.files)

    async def open_form(self, call: Call, asked: Form) -> None:
        """Open the form for files and symptoms; below that for a new case stands the guide."""
        origin = call.origin
        if not origin.channel:
            opened = await self._api.client.conversations_open(users=call.person)
            origin = type(origin)(str(opened["channel"]["id"]))
        guide = None if asked.case else self._desk.guide()
        view = form(self._desk.knowledge, origin, asked.case, guide)
        if call.view is None or call.at_home:
            await self._api.client.views_open(trigger_id=call.trigger, view=view)
        else:
            await self._push(call, view)

    async def call_out(self, call: Call, said: Said) -> None:
        """Say something to everybody, and to a group or person with a sound."""
        thread = call.origin.thread or split(call.origin.reply)[1]
        group = said.role.startswith("S")
        called = {"type": "usergroup", "usergroup_id": said.role} if group else {"type": "user", "user_id": said.role}
        elements = [called, {"type": "text", "text": f" {said.text}"}]
        await self._api.client.chat_postMessage(
            channel=call.origin.channel,
            thread_ts=thread or None,
            text=f"{f'<!subteam^{said.role}>' if group else f'<@{said.role}>'} {escape(said.text)}",
            blocks=[{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}],
        )

    async def _push(self, call: Call, view: dict[str, object]) -> None:
        assert call.view is not None  # noqa: S101  # pressed in a view
        try:
            await self._api.client.views_push(trigger_id=call.trigger, view=view)
        except SlackApiError as error:
            if reason(error) != "push_limit_reached":
                raise
            await self._api.client.views_update(view_id=str(call.view["id"]), view=view)

    async def _respond(self, call: Call, drawn: Drawn, in_place: bool) -> None:
        pictures = await self._sharing.pictures(drawn)
        for wait in _PATIENCE if pictures else ():
            if await self._responded(call, drawn, in_place, pictures) == _OK:
                return
            # most often Slack has not processed the picture yet
            await asyncio.sleep(wait)
        status = await self._responded(call, drawn, in_place, {})
        if status != _OK:
            _log.warning("a call could not be answered", status=status)

    async def _responded(self, call: Call, drawn: Drawn, in_place: bool, pictures: Mapping[str, str]) -> int:
        assert call.respond is not None  # noqa: S101  # called elsewhere than in a view
        answer = await call.respond(
            text=drawn.text,
            blocks=drawn.with_pictures(pictures),
            response_type="ephemeral",
            replace_original=in_place,
            thread_ts=None if in_place else call.origin.thread or None,
        )
        return int(answer.status_code)


def _asks_for_roles(card: Card) -> bool:
    return any(isinstance(block, Choice) and block.menu.source is Source.ROLES for block in card.blocks)
