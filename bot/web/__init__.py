"""The web page: a door for people who are not in the chat, and a desk for moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.web.account import WebAdapter


def adapter(settings: Settings) -> WebAdapter:
    """Return the adapter that serves the page as the settings say."""
    from bot.web.account import WebAdapter

    return WebAdapter(settings)
