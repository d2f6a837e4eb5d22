"""The commands and the shortcut that Slack offers, and what each asks of the desk."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.chat import asked
from bot.chat.doing import Said
from bot.chat.receipts import receipt_card, receipt_text
from bot.chat.shown import Form, Shown
from bot.desk import Desk
from bot.slack import render
from bot.slack.answers import Answers
from bot.slack.api import Api
from bot.slack.calls import Call, of_command, of_press
from bot.slack.files import Files
from bot.slack.messages import Json, read, typed
from bot.slack.people import People
from bot.slack.submissions import from_call, from_message
from bot.wire.links import Links


class Commands:
    """Handles them. What opens a case is acknowledged once that is on disk; all else at once."""

    def __init__(self, api: Api, desk: Desk, people: People, answers: Answers, files: Files, links: Links) -> None:
        self._api = api
        self._desk = desk
        self._people = people
        self._answers = answers
        self._files = files
        self._links = links

    def add_to(self, app: AsyncApp) -> None:
        """Have them called."""
        app.command("/diagnose")(self.diagnose)
        app.message_shortcut("diagnose")(self.diagnose_message)
        for name in ("guide", "checklist", "case", "stats", "forget", "triage-settings"):
            app.command(f"/{name}")(self.look_up)

    async def diagnose(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        """`/diagnose loss is nan`; without words, a form is opened."""
        call, text = of_command(body, respond), typed(str(body.get("text") or ""), self._api.me)
        if not text:
            await ack()
            await self._answers.open_form(call, Form())
            return
        new = from_call(f"t{call.trigger}", call.origin.channel, call.origin.kind, self._api.team, call.person, text)
        receipt = await self._desk.receive(new, told=True)
        drawn = render.draw(receipt_card(receipt, self._desk.knowledge), self._desk.knowledge)
        await ack(text=drawn.text, blocks=list(drawn.blocks), response_type="ephemeral")

    async def diagnose_message(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        """Diagnose in the menu of a message, however old, for who called, whoever wrote it."""
        call = of_press(body, respond)
        message = read(body["message"], call.origin.channel, self._api.me, call.origin.kind, anybody=True)
        if message is None or self._api.is_ours(body["message"]):
            await ack()
            await self._answers.show(call, Said(self._desk.knowledge.chat.sentences.gone))
            return
        whole = replace(message, files=await self._files.told(message.files), person=call.person)
        new = from_message(whole, self._api.team, self._api.me, self._links, f"t{call.trigger}", asked=True)
        receipt = await self._desk.receive(replace(new, reply_to="", handle=call.person), told=True)
        await ack()
        await self._answers.show(call, Said(receipt_text(receipt, self._desk.knowledge)))

    async def look_up(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        """All others."""
        await ack()
        call = of_command(body, respond)
        said = typed(str(body.get("text") or ""))
        await self._answers.show(call, await self._answer(str(body["command"]).removeprefix("/"), call, said))

    async def _answer(self, name: str, call: Call, said: str) -> Shown | Said:
        desk = self._desk
        match name:
            case "guide":
                return asked.guide(desk)
            case "checklist":
                return asked.checklist(desk, said)
            case "case":
                return await asked.case(desk, await self._people.caller(call, ranked=True), said)
            case "stats":
                days = int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else asked.USUAL_DAYS
                return await asked.statistics(desk, await self._people.caller(call), days)
            case "forget":
                return await asked.forget(desk, await self._people.caller(call))
            case _:
                return await asked.settings(desk, await self._people.caller(call, ranked=True))
