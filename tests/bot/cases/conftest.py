"""Every test of the case service runs on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from tests.bot.cases import store
from tests.postgres import migrated_database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    alone = metafunc.definition.get_closest_marker("sqlite_alone") is not None
    metafunc.parametrize("backend", ["sqlite"] if alone else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if name == "postgresql":
        made: dict[Path, str] = {}
        monkeypatch.setattr(
            store, "url_of", lambda folder: made.get(folder) or made.setdefault(folder, migrated_database())
        )
    return name
