"""What Slack sends, to where it belongs."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext

from bot.desk import Desk
from bot.logs import get_log
from bot.slack import render
from bot.slack.api import Api, bolt_log
from bot.slack.commands import Commands
from bot.slack.events import Events
from bot.slack.forms import Forms
from bot.slack.home import Home
from bot.slack.messages import Json
from bot.slack.presses import Presses

_log = get_log(__name__)
_ANY = re.compile(".*")


def make_app(
    api: Api, desk: Desk, events: Events, commands: Commands, presses: Presses, forms: Forms, home: Home
) -> AsyncApp:
    """Return the app. Everything that Slack may send is listened to: of the rest, bolt would log all it holds."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=api.team, bot_user_id=api.me, bot_id=api.bot, bot_token=api.client.token
        )

    async def failed(error: Exception, body: Json, context: AsyncBoltContext) -> None:
        _log.error("what Slack sent could not be handled", kind=str(body.get("type") or ""), exc_info=error)
        if context.respond is not None and context.response_url:
            drawn = render.sentence(desk.knowledge.chat.sentences.failed, desk.knowledge)
            await context.respond(
                text=drawn.text, blocks=list(drawn.blocks), response_type="ephemeral", replace_original=False
            )

    app = AsyncApp(logger=bolt_log, authorize=authorize, request_verification_enabled=False, ssl_check_enabled=False)
    app.error(failed)
    for kind in ("message", "app_mention"):
        # a middleware of a listener runs before the acknowledgement, the listener itself after it
        app.event(kind, middleware=[events.take_in])(events.answer)
    app.event("file_shared")(events.shared)
    app.event("app_home_opened")(home.opened)
    app.event(_ANY)(_ignore)
    commands.add_to(app)
    app.action(_ANY)(presses.handle)
    app.view(_ANY)(forms.filled_in)
    for other in (app.command, app.shortcut, app.view_closed, app.options):
        other(_ANY)(_acknowledge)
    return app


async def _ignore(event: Json) -> None:
    """What is acknowledged and does not matter."""


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()
