"""What Discord's refusals mean for us."""

from __future__ import annotations

import discord

UNKNOWN_MESSAGE = 10008
INVALID_FORM = 50035
THREAD_EXISTS = 160004
_GONE = frozenset({10003, UNKNOWN_MESSAGE, 10004, 50001, 50013, 50083, 50278})
"""Channel, message or guild unknown; no access, no permission; thread closed; person cannot be written to."""


def is_gone(error: discord.HTTPException) -> bool:
    """Tell whether nobody can be told any more, however often it is tried."""
    if error.status in (403, 404) or error.code in _GONE:
        return True
    return error.code == INVALID_FORM and "message_reference" in error.text


def is_over(error: discord.HTTPException) -> bool:
    """Tell whether a token to answer a command with is no good, or its answer was deleted."""
    return error.status in (401, 403, 404)
