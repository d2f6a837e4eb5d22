"""Forward and back from every revision, with something in every table."""

from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.types import JSON

from bot.cases.database import MIGRATIONS, blocking_engine, migrate
from tests.bot.cases import store

_ROWS = 3
Rows = dict[str, list[dict[str, Any]]]


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]


def tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def fill(connection: Connection) -> None:
    for table in tables(connection):
        for number in range(1, _ROWS + 1):
            connection.execute(insert(table).values({each.name: value(table, each, number) for each in table.columns}))


def value(table: Table, column: Any, number: int) -> object:
    known = {"state": "answered", "outcome": "diagnosed", "verdict": "fixed", "time_zone": "UTC", "grain": "day"}
    if column.name in known:
        return known[column.name]
    if isinstance(column.type, JSON):
        return {"findings": []}
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, Float):
        return 86_400.0 * number + 65_000.5
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, LargeBinary):
        return b"\x89PNG"
    return f"{table.name} {column.name} {number}"


def rows(connection: Connection) -> Rows:
    found = {}
    for table in tables(connection):
        listed = connection.execute(select(table)).mappings().all()
        found[table.name] = sorted((dict(each) for each in listed), key=repr)
    return found


@pytest.mark.parametrize("revision", revisions())
def test_from_every_revision_to_the_newest_and_back_with_data(tmp_path: Path, revision: str) -> None:
    url = store.url_of(tmp_path)
    migrate(url, "base")
    migrate(url, revision)
    engine = blocking_engine(url)
    with engine.begin() as connection:
        fill(connection)
        before = rows(connection)
    assert min(len(each) for each in before.values()) == _ROWS
    migrate(url)
    with engine.connect() as connection:
        after = rows(connection)
    for name, listed in before.items():
        kept = [{key: each[key] for key in listed[0] if key in each} for each in after[name]]
        assert [{key: each[key] for key in kept[0]} for each in listed] == kept, name
    migrate(url, revision)
    with engine.connect() as connection:
        assert rows(connection) == before
    migrate(url, "base")
    with engine.connect() as connection:
        assert tables(connection) == []
