import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from bot.cases.weekly import Weekly, newest
from bot.cli import cli
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened
from tests.bot.digest.week import ERROR, START, Told, report


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LORA_TRIAGE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@run_async
async def fill(folder: Path, channel: str = "d") -> None:
    async with opened(folder) as store:
        await Servers(store.database, store.clock).put("test", "s", ServerSettings(digest_channel=channel))
        told = Told(store)
        newest_week = time.time() - START - 3 * 24 * 3600
        for number in range(4):
            await told.case(newest_week + number, report("invalid-config", ERROR.format(line=1, n=number)), called=True)


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["digest", *arguments])
    return done.exit_code, done.output


def test_it_shows_the_last_seven_days_of_one_server_with_the_drafts_of_rules(home: Path) -> None:
    fill(home)
    code, said = invoke("--dry-run", "--server", "test/s", "--save", "out")
    assert code == 0
    for part in (
        "4 cases",
        "Waiting for a human: 4",
        "has no images left to draw from",
        "[digest.png]",
        "[unknown-ab12cd34ef56.yaml]",
    ):
        assert part in said
    assert (home / "out/test-s/digest.png").read_bytes().startswith(b"\x89PNG")
    assert "id: unknown-ab12cd34ef56" in (home / "out/test-s/unknown-ab12cd34ef56.yaml").read_text()


def test_it_shows_the_week_that_is_over_of_each_server_that_has_digests_and_posts_nothing(home: Path) -> None:
    fill(home)
    code, said = invoke("--dry-run")
    assert code == 0
    assert "test/s" in said
    assert "The week from" in said
    must_be_due(home)


@run_async
async def must_be_due(folder: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder / 'cases.sqlite'}")
    try:
        assert len(await Weekly(database, time.time, ["test"]).due()) == 1
    finally:
        await database.close()


@run_async
async def test_the_newest_week_is_shown_whether_it_was_posted_or_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await Servers(store.database, store.clock).put("test", "s", ServerSettings(digest_channel="d"))
        (due,) = await newest(store.database, START)
    assert due.at <= START < due.hour.due(due.week.next)


def test_what_cannot_be_shown_is_said_in_a_sentence(home: Path) -> None:
    assert "add --dry-run" in invoke()[1]
    assert "No cases are kept" in invoke("--dry-run")[1]
    fill(home, channel="")
    assert "No server has a channel for its digest" in invoke("--dry-run")[1]
    assert "write it like discord/1234" in invoke("--dry-run", "--server", "discord")[1]
