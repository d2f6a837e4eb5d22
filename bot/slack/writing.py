"""Messages written within what Slack takes: a picture that it has not processed yet costs no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.logs import get_log
from bot.slack.api import Api
from bot.slack.errors import is_bad_message
from bot.slack.messages import Json
from bot.slack.render import Drawn

_log = get_log(__name__)
_PATIENCE = (0.5, 1.0, 2.0, 4.0)
"""Seconds that Slack is given to process a picture, one after the other."""


class Writing:
    """Posts and changes messages."""

    def __init__(self, api: Api) -> None:
        self._client = api.client

    async def post(self, drawn: Drawn, pictures: Mapping[str, str], **where: Any) -> str:
        """Post a message; returns its time. Raises what Slack answers."""
        return await self._written(self._client.chat_postMessage, drawn, pictures, where)

    async def update(self, drawn: Drawn, pictures: Mapping[str, str], **where: Any) -> None:
        """Make a message say something else. Raises what Slack answers."""
        await self._written(self._client.chat_update, drawn, pictures, where)

    async def _written(
        self, method: Callable[..., Awaitable[Any]], drawn: Drawn, pictures: Mapping[str, str], where: Json
    ) -> str:
        for wait in _PATIENCE if pictures else ():
            try:
                return await _write(method, drawn.with_pictures(pictures), drawn.text, where)
            except SlackApiError as error:
                if not is_bad_message(error):
                    raise
            await asyncio.sleep(wait)
        try:
            return await _write(method, drawn.with_pictures({}), drawn.text, where)
        except SlackApiError as error:
            if not is_bad_message(error):
                raise
            _log.error("Slack refuses how an answer is drawn; it is said in one sentence", answer=str(error.response))
        return await _write(method, [], drawn.text, where)


async def _write(method: Callable[..., Awaitable[Any]], blocks: list[Json], text: str, where: Json) -> str:
    silent = {"unfurl_links": False, "unfurl_media": False} if "ts" not in where else {}
    return str((await method(blocks=blocks, text=text, **silent, **where))["ts"])
