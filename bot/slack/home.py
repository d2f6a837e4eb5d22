"""The App Home: a person's cases, and for those who may change them the settings."""

from __future__ import annotations

from bot.chat.home import MOST_CASES, home_card
from bot.chat.settings_card import settings_card
from bot.desk import Desk
from bot.slack import render
from bot.slack.api import Api
from bot.slack.layout import Surface
from bot.slack.messages import Json
from bot.slack.people import People
from bot.slack.submissions import PLATFORM


class Home:
    """Draws it anew each time it is opened."""

    def __init__(self, api: Api, desk: Desk, people: People) -> None:
        self._api = api
        self._desk = desk
        self._people = people

    async def opened(self, event: Json) -> None:
        """Called when a person opens it."""
        if event.get("tab") == "home":
            await self.publish(str(event["user"]))

    async def publish(self, person: str, note: str = "") -> None:
        """Show a person theirs, with `note` at the settings."""
        desk, knowledge = self._desk, self._desk.knowledge
        cases = await desk.lookup.cases_of(PLATFORM, person, MOST_CASES)
        blocks = list(render.draw(home_card(cases, knowledge), knowledge, Surface.HALF).blocks)
        if await self._people.manages(person):
            kept = await desk.servers.get(PLATFORM, self._api.team)
            card = settings_card(kept, knowledge, note)
            drawn = render.draw(card, knowledge, Surface.HALF, await self._people.groups())
            blocks += [{"type": "divider"}, *drawn.blocks]
        await self._api.client.views_publish(user_id=person, view={"type": "home", "blocks": blocks})
