"""A store that was moved is the same, row by row, and goes on."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from benchmarks.simulated_cases import Size, simulate
from bot.cases import moving
from bot.cases.database import blocking_engine
from bot.cases.moving import Moved, MovingError, move
from bot.cli import cli
from tests.bot.asynchronous import run_async
from tests.bot.cases import store
from tests.bot.cases.store import opened, submission
from tests.postgres import new_database

pytestmark = pytest.mark.sqlite_alone


@run_async
async def test_everything_is_moved_and_new_cases_go_on_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as old:
        for number in range(3):
            await old.intake.receive(submission(f"m{number}", text="caf\u00e9 \U0001f600"))
            await old.answer(f"r{number}")
        await old.intake.receive(submission("waits"))
    source, target = store.url_of(tmp_path), new_database()
    told: list[Moved] = []
    move(source, target, told.append)
    assert {each.table: each.rows for each in told}["cases"] == 4
    monkeypatch.setattr(store, "url_of", lambda _: target)
    async with opened(tmp_path) as new:
        claim = await new.must_claim()
        assert claim.case.message == "waits"
        assert (await new.intake.receive(submission("m1"))).status == "known"
        assert (await new.intake.receive(submission("later"))).status == "opened"


def test_a_larger_store_goes_there_and_back(tmp_path: Path) -> None:
    simulate(tmp_path / "cases.sqlite", Size(600, servers=3, days=40))
    first, between = f"sqlite+aiosqlite:///{tmp_path / 'cases.sqlite'}", new_database()
    last = f"sqlite+aiosqlite:///{tmp_path / 'back.sqlite'}"
    there: list[Moved] = []
    back: list[Moved] = []
    move(first, between, there.append)
    move(between, last, back.append)
    assert there == back
    assert sum(each.rows for each in there) > 3000


def test_a_store_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    simulate(tmp_path / "cases.sqlite", Size(5, servers=1, days=2))
    source, target = f"sqlite+aiosqlite:///{tmp_path / 'cases.sqlite'}", new_database()
    move(source, target, lambda _: None)
    with pytest.raises(MovingError, match="not empty"):
        move(source, target, lambda _: None)


def test_a_row_that_comes_out_differently_stops_it_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(tmp_path / "cases.sqlite", Size(5, servers=1, days=2))
    source, target = f"sqlite+aiosqlite:///{tmp_path / 'cases.sqlite'}", new_database()
    copied = moving._count_on

    def spoil(table: object, connection: object) -> None:
        copied(table, connection)  # type: ignore[arg-type]
        if str(table) == "cases":
            connection.execute(text("UPDATE cases SET server = 'other' WHERE id = 3"))  # type: ignore[attr-defined]

    monkeypatch.setattr(moving, "_count_on", spoil)
    with pytest.raises(MovingError, match="Row 3 of the table cases"):
        move(source, target, lambda _: None)
    with blocking_engine(target).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cases")) == 0


def test_the_command_says_what_it_moved_and_what_stands_in_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORA_TRIAGE_DATA", str(tmp_path))
    simulate(tmp_path / "cases.sqlite", Size(5, servers=1, days=2))
    target = new_database()
    done = CliRunner().invoke(cli, ["migrate-store", target])
    assert done.exit_code == 0, done.output
    assert "5 cases" in done.output
    assert "Every row is there, and equal." in done.output
    again = CliRunner().invoke(cli, ["migrate-store", target])
    assert again.exit_code == 1
    assert "not empty" in again.output
    nowhere = CliRunner().invoke(cli, ["migrate-store", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
    assert nowhere.exit_code == 1
    assert "cannot be reached" in nowhere.output
