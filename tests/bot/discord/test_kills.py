"""A bot that is killed (SIGKILL) loses no case and says nothing twice; more runs: `benchmarks.chat_crashes`."""

from pathlib import Path

import pytest

from tests.bot.asynchronous import run_async
from tests.bot.discord.kills import once


@pytest.mark.parametrize(
    ("way", "step"),
    [
        ("upload", "before the row"),
        ("thread", "after sending"),
        ("command", "after sending"),
    ],
)
@run_async
async def test_every_case_gets_exactly_one_visible_reply(tmp_path: Path, way: str, step: str) -> None:
    assert await once(tmp_path, step, way) == "one reply"
