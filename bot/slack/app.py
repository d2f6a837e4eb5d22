"""What Slack sends, to where it belongs."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.api import Api, bolt_log
from bot.slack.events import Events
from bot.slack.messages import Json


def make_app(api: Api, events: Events) -> AsyncApp:
    """Return the app. Everything that Slack may send is listened to: of the rest, bolt would log all it holds."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=api.team,
            bot_user_id=api.me,
            bot_id=api.bot,
            bot_token=api.client.token,
        )

    app = AsyncApp(logger=bolt_log, authorize=authorize, request_verification_enabled=False, ssl_check_enabled=False)
    for kind in ("message", "app_mention"):
        # a middleware of a listener runs before the acknowledgement, the listener itself after it
        app.event(kind, middleware=[events.take_in])(events.answer)
    app.event("file_shared")(events.shared)
    app.event(re.compile(".*"))(_ignore)
    return app


async def _ignore(event: Json) -> None:
    pass


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()
