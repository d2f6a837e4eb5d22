import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cases.database import migrate
from bot.cli import cli
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, result, submission


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LORA_TRIAGE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@run_async
async def fill(folder: Path) -> None:
    async with opened(folder) as store:
        store.clock.now = time.time()
        for number, (server, finding) in enumerate([("a", "nan-loss"), ("a", "cuda-oom"), ("b", "cuda-oom")]):
            await store.intake.receive(submission(f"m{number}", server=server, person=f"p{number}"))
            claim = await store.must_claim()
            await store.outbox.keep(claim, result(claim, finding))
            await store.outbox.sent(claim, f"r{number}", claim.case.place)


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["stats", "--days", "3660", *arguments])
    return done.exit_code, done.output


def test_it_counts_all_servers_or_one(home: Path) -> None:
    fill(home)
    code, text = invoke()
    assert code == 0
    assert "CUDA out of memory" in text
    assert "test/b" in text
    code, text = invoke("--server", "test/b", "--json")
    counted = json.loads(text)
    assert (code, counted["total"]["cases"], counted["total"]["people"]) == (0, 1, 1)
    assert [each["subject"] for each in counted["kinds"]["finding"]] == ["cuda-oom"]


def test_it_draws_them(home: Path) -> None:
    fill(home)
    assert invoke("--chart", "counts.png")[0] == 0
    assert (home / "counts.png").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_counted_is_said_in_a_sentence(home: Path) -> None:
    assert "No cases are kept" in invoke()[1]
    fill(home)
    assert "write it like discord/1234" in invoke("--server", "discord")[1]
    (home / "cases.sqlite").write_bytes(b"no database at all, and longer than that")
    code, text = invoke()
    assert code == 1
    assert "cannot be read" in text


def test_a_store_of_an_older_version_is_left_as_it_is(home: Path) -> None:
    fill(home)
    url = f"sqlite+aiosqlite:///{home / 'cases.sqlite'}"
    migrate(url, "0003")
    before = (home / "cases.sqlite").read_bytes()
    assert "another version" in invoke()[1]
    assert (home / "cases.sqlite").read_bytes() == before
