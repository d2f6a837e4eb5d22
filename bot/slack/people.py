"""What Slack tells of people: who moderates, and which groups can be called."""

from __future__ import annotations

import time

from slack_sdk.errors import SlackApiError

from bot.chat.actions import Option
from bot.chat.doing import Caller
from bot.logs import get_log
from bot.slack.api import Api
from bot.slack.calls import Call
from bot.slack.controls import Roles
from bot.slack.errors import reason
from bot.slack.submissions import PLATFORM

_log = get_log(__name__)
_RANKS = ("is_admin", "is_owner", "is_primary_owner")
_KEPT_SECONDS = 60.0


class People:
    """Asks Slack."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._groups: tuple[float, Roles] = (0.0, ())

    async def caller(self, call: Call, ranked: bool = False) -> Caller:
        """Return who called; whether they moderate is asked for only where it matters. Those do who may manage the
        workspace."""
        server = "" if call.origin.direct and not call.at_home else self._api.team
        moderator = ranked and await self.manages(call.person)
        return Caller(PLATFORM, server, call.person, moderator, moderator)

    async def manages(self, person: str) -> bool:
        """Tell whether a person is an admin or owner of the workspace."""
        try:
            user = (await self._api.client.users_info(user=person))["user"]
        except SlackApiError as error:
            _log.warning("nobody could be asked who moderates", reason=reason(error))
            return False
        return user.get("team_id") == self._api.team and any(user.get(rank) for rank in _RANKS)

    async def groups(self) -> Roles:
        """Return the user groups of the workspace; empty where it has none, or we may not know them."""
        at, kept = self._groups
        if time.monotonic() - at < _KEPT_SECONDS:
            return kept
        try:
            listed = (await self._api.client.usergroups_list()).get("usergroups") or ()
        except SlackApiError as error:
            _log.info("the user groups are not known", reason=reason(error))
            listed = ()
        found = tuple(Option(f"@{each['handle']}", str(each["id"]), str(each.get("name") or "")) for each in listed)
        self._groups = (time.monotonic(), found)
        return found
