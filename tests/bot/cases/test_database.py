import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from bot.cases.database import migrate
from bot.cases.tables import Base, MessageRow
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, submission


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'cases.sqlite'}"
    migrate(url)
    migrate(url)  # a second start finds nothing to do
    engine = create_engine(f"sqlite:///{tmp_path / 'new' / 'cases.sqlite'}", poolclass=NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


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
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await store.answer()
    url = f"sqlite+aiosqlite:///{tmp_path / 'cases.sqlite'}"
    migrate(url, "base")
    with sqlite3.connect(tmp_path / "cases.sqlite") as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'cases'").fetchall() == []
    connection.close()
    async with opened(tmp_path) as store:
        assert (await store.intake.receive(submission())).status == "opened"


@run_async
async def test_the_file_is_in_the_mode_that_survives(tmp_path: Path) -> None:
    async with opened(tmp_path) as store, store.database.read() as session:
        for pragma, value in (
            ("journal_mode", "wal"),
            ("foreign_keys", 1),
            ("busy_timeout", 30000),
            ("synchronous", 2),
        ):
            assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar() == value


@run_async
async def test_what_somebody_wrote_is_in_no_error(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        with pytest.raises(IntegrityError) as caught:
            async with store.database.write() as session:
                session.add(MessageRow(case_id=1, platform="test", message="m1", text="my own words", redactions={}))
        assert "my own words" not in str(caught.value)
