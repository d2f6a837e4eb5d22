"""Forms that come back."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from bot.cases.model import Receipt, Status
from bot.chat.ids import read
from bot.chat.receipts import receipt_text, sentence_card
from bot.desk import Desk
from bot.slack import render
from bot.slack.api import Api
from bot.slack.calls import origin_of
from bot.slack.files import Files
from bot.slack.layout import Surface
from bot.slack.messages import Json, key
from bot.slack.submissions import from_call, refs_of
from bot.slack.views import SYMPTOMS, modal, read_form
from bot.wire.links import Links


class Forms:
    """Takes them in: the modal says what became of it, once that is on disk."""

    def __init__(self, api: Api, desk: Desk, files: Files, links: Links) -> None:
        self._api = api
        self._desk = desk
        self._files = files
        self._links = links

    async def filled_in(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """Called when a form is sent."""
        pressed, knowledge = read(str(view.get("callback_id") or "")), self._desk.knowledge
        if pressed is None:
            await ack()
            return
        filled, origin, person = read_form(view), origin_of(view), str(body["user"]["id"])
        if not filled.files and not filled.text.strip():
            await ack(response_action="errors", errors={SYMPTOMS: knowledge.chat.form.empty})
            return
        new = from_call(f"v{view['id']}", origin.channel, origin.kind, self._api.team, person, filled.text)
        new = replace(new, files=refs_of(await self._files.told(filled.files), new.message, self._links))
        if pressed.subject:
            # in the thread of the answer, whose case this is about
            thread = key(origin.channel, origin.thread) if origin.thread else ""
            new = replace(new, place=replace(new.place, thread=thread), reply_to=origin.reply)
        receipt = await self._desk.receive(new, told=True)
        drawn = render.draw(sentence_card(self._said(receipt)), knowledge, Surface.VIEW)
        await ack(response_action="update", view=modal(drawn.blocks, origin))

    def _said(self, receipt: Receipt) -> str:
        if receipt.status is Status.OPENED:
            return self._desk.knowledge.chat.receipts.elsewhere.format(case=receipt.case)
        return receipt_text(receipt, self._desk.knowledge)
