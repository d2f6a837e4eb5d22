"""Presses of buttons and choices of menus: known by their ids alone, so they outlive the process."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.chat.actions import Action
from bot.chat.doing import Said
from bot.chat.ids import CustomId, path_of, read
from bot.chat.press import RANKED, press
from bot.chat.shown import Form, Shown
from bot.desk import Desk
from bot.slack.answers import Answers
from bot.slack.api import Api
from bot.slack.calls import Call, of_press
from bot.slack.home import Home
from bot.slack.messages import Json
from bot.slack.people import People
from bot.slack.views import form, is_form

_SEVERAL = ("selected_options", "selected_conversations", "selected_channels", "selected_users")


class Presses:
    """Handles them; none is stored before it is acknowledged, since none opens a case."""

    def __init__(self, api: Api, desk: Desk, people: People, answers: Answers, home: Home) -> None:
        self._api = api
        self._desk = desk
        self._people = people
        self._answers = answers
        self._home = home

    async def handle(self, ack: AsyncAck, body: Json, action: Json, respond: AsyncRespond) -> None:
        """Answer a press, if it is ours."""
        await ack()
        pressed = read(str(action.get("action_id") or ""))
        if pressed is None:
            return
        call = of_press(body, respond)
        values = _values(action)
        if pressed.action is Action.GUIDE and call.view is not None and is_form(call.view):
            await self._turn_guide(call, pressed, values)
            return
        caller = await self._people.caller(call, pressed.action in RANKED)
        match await press(self._desk, caller, pressed, values):
            case Form() as asked:
                await self._answers.open_form(call, asked)
            case Said(role=role) as said if role:
                await self._answers.call_out(call, said)
            case Shown() if call.at_home and pressed.action is Action.SETTING:
                await self._home.publish(call.person, self._desk.knowledge.chat.sentences.saved)
            case shown:
                await self._answers.show(call, shown)
                if call.view is not None and pressed.action is Action.DELETE:
                    await self._home.publish(call.person)

    async def _turn_guide(self, call: Call, pressed: CustomId, values: list[str]) -> None:
        """Turn to another place of the guide below the form; what is filled in there stays."""
        assert call.view is not None  # noqa: S101  # pressed in the form
        try:
            page = self._desk.guide(path_of(values[0] if values else pressed.subject))
        except LookupError:
            page = self._desk.guide()
        view = form(self._desk.knowledge, call.origin, "", page, pressed.page)
        await self._api.client.views_update(view_id=str(call.view["id"]), view=view)


def _values(action: Json) -> list[str]:
    """Return what was chosen: nothing of a button, and of a menu that was emptied."""
    if chosen := action.get("selected_option"):
        return [str(chosen["value"])]
    for name in _SEVERAL:
        if name in action:
            return [str(each["value"] if isinstance(each, dict) else each) for each in action[name] or ()]
    return []
