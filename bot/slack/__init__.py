"""Slack: its events to submissions, and answers to its messages. What is not Slack's own is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.slack.account import SlackAdapter


def adapter(settings: Settings) -> SlackAdapter:
    """Return the adapter for the tokens in the settings."""
    from bot.slack.account import SlackAdapter

    bot, app = settings.slack_bot_token, settings.slack_app_token
    assert bot is not None  # noqa: S101  # it is asked for only where there are both
    assert app is not None  # noqa: S101
    return SlackAdapter(bot.get_secret_value(), app.get_secret_value(), settings.slack_connections)
