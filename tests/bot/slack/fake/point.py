"""Points this process's slack_sdk at a fake Slack."""

from __future__ import annotations

from slack_sdk.web.async_base_client import AsyncBaseClient


def point(base: str) -> None:
    """Have everything that is asked of Slack asked of `base`: clients are made with that address by default."""
    defaults = AsyncBaseClient.__init__.__defaults__
    assert defaults is not None
    # the arguments are (token, base_url, ...)
    AsyncBaseClient.__init__.__defaults__ = (defaults[0], f"{base}/api/", *defaults[2:])
