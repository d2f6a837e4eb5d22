"""A bot that is killed (SIGKILL) loses no case and says nothing twice; more runs: `benchmarks.chat_crashes`."""

from pathlib import Path

import pytest

from tests.bot.asynchronous import run_async
from tests.bot.slack.kills import once


@pytest.mark.parametrize(
    ("way", "step"),
    [
        ("upload", "before the row"),
        ("again", "after the row"),
        ("command", "after sending"),
        ("form", "after the row"),
    ],
)
@run_async
async def test_every_case_gets_exactly_one_visible_reply(tmp_path: Path, way: str, step: str) -> None:
    assert await once(tmp_path, step, way) == "one reply"


@run_async
async def test_a_command_that_was_not_taken_in_is_not_acknowledged_either(tmp_path: Path) -> None:
    assert await once(tmp_path, "before the row", "command") == "not acknowledged"
