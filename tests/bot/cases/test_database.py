import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.cases.database import blocking_engine, migrate
from bot.cases.model import Outcome, Result
from bot.cases.tables import Base, MessageRow
from tests.bot.asynchronous import run_async
from tests.bot.cases import store
from tests.bot.cases.store import opened, submission


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    url = store.url_of(tmp_path / "new")
    migrate(url)
    migrate(url)  # a second start finds nothing to do
    with blocking_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.sqlite_alone
def test_a_migration_that_is_cut_off_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE servers (x)")  # made late in the migration, which stumbles over it
        with pytest.raises(OperationalError, match="already exists"):
            migrate(f"sqlite+aiosqlite:///{path}")
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("servers",)]
        connection.execute("DROP TABLE servers")
    connection.close()
    migrate(f"sqlite+aiosqlite:///{path}")


@run_async
async def test_down_and_up_again_with_cases_in_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as cases:
        await cases.intake.receive(submission())
        await cases.answer()
    url = store.url_of(tmp_path)
    migrate(url, "base")
    with blocking_engine(url).connect() as connection:
        assert not inspect(connection).has_table("cases")
    async with opened(tmp_path) as cases:
        assert (await cases.intake.receive(submission())).status == "opened"


@pytest.mark.sqlite_alone
@run_async
async def test_the_file_is_in_the_mode_that_survives(tmp_path: Path) -> None:
    async with opened(tmp_path) as cases, cases.database.read() as session:
        for pragma, value in (
            ("journal_mode", "wal"),
            ("foreign_keys", 1),
            ("busy_timeout", 30000),
            ("synchronous", 2),
        ):
            assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar() == value


@run_async
async def test_what_somebody_wrote_is_in_no_error(tmp_path: Path) -> None:
    async with opened(tmp_path) as cases:
        await cases.intake.receive(submission())
        with pytest.raises(IntegrityError) as caught:
            async with cases.database.write() as session:
                session.add(MessageRow(case_id=1, platform="test", message="m1", text="my own words", redactions={}))
        assert "my own words" not in str(caught.value)


@run_async
async def test_text_of_any_kind_comes_back(tmp_path: Path) -> None:
    odd = "a\0b \U0001f600 \ud83d c"
    async with opened(tmp_path) as cases:
        await cases.intake.receive(submission(text=odd, files=(odd,)))
        claim = await cases.must_claim()
        assert await cases.outbox.keep(claim, Result(Outcome.DIAGNOSED, {"findings": [], "said": [{odd: odd}]}))
        reply = await cases.outbox.resume(claim)
        assert reply is not None
        assert reply.report is not None
        ((key, value),) = reply.report["said"][0].items()
        assert key == value
        assert "\U0001f600" in value
