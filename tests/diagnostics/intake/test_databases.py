"""SQLite databases of strangers, as the sqlite3 library itself writes them, read through a bundle."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.history import HistoryError, read_database
from diagnostics.intake import Intake, Limits, Workspace, read_bundle
from tests.diagnostics.intake.packing import tarred, zipped

METRICS = "CREATE TABLE metrics(step INTEGER, key TEXT, value_real REAL, value_text TEXT, PRIMARY KEY(step, key))"
ROWS = [(step, "loss/loss", 1 / (step + 1)) for step in range(40)]


def insert(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, float]]) -> None:
    connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, NULL)", rows)
    connection.commit()


def running(folder: Path) -> dict[str, bytes]:
    """The files of a trainer that still runs: half of its rows are in the write-ahead file alone."""
    path = folder / "loss_log.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(METRICS)
        insert(connection, ROWS[:20])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        insert(connection, ROWS[20:])
        return {name: (folder / name).read_bytes() for name in ("loss_log.db", "loss_log.db-shm", "loss_log.db-wal")}


def read(files: dict[str, bytes], limits: Limits | None = None) -> Intake:
    return read_bundle(Bundle("", tuple(Attachment.from_bytes(*each) for each in files.items())), limits)


def made(folder: Path, *statements: str) -> Path:
    path = folder / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def test_rows_that_are_only_in_the_write_ahead_file_count(tmp_path: Path) -> None:
    intake = read(running(tmp_path))
    (series,) = intake.histories
    assert list(series.steps) == list(range(40))
    assert intake.skipped == ()


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_the_same_in_an_archive_whatever_the_order(tmp_path: Path, pack: object) -> None:
    files = running(tmp_path)
    backwards = {f"run/{name}": files[name] for name in sorted(files, reverse=True)}
    intake = read({"run.zip": pack(backwards)})  # type: ignore[operator]
    (series,) = intake.histories
    assert len(series.loss) == 40
    assert intake.skipped == ()


def test_a_missing_write_ahead_file_is_said(tmp_path: Path) -> None:
    files = running(tmp_path)
    intake = read({"loss_log.db": files["loss_log.db"]})
    assert len(intake.histories[0].loss) == 20
    assert [item.part for item in intake.skipped] == ["loss_log.db-wal"]
    assert "newest steps" in intake.skipped[0].reason


def test_a_write_ahead_file_of_another_folder_is_not_taken(tmp_path: Path) -> None:
    files = running(tmp_path)
    intake = read({"a/loss_log.db": files["loss_log.db"], "b/loss_log.db-wal": files["loss_log.db-wal"]})
    assert len(intake.histories[0].loss) == 20
    assert {item.part for item in intake.skipped} == {"a/loss_log.db-wal", "b/loss_log.db-wal"}


def test_an_empty_write_ahead_file_is_as_good_as_none_missing(tmp_path: Path) -> None:
    intake = read({"loss_log.db": running(tmp_path)["loss_log.db"], "loss_log.db-wal": b""})
    assert len(intake.histories[0].loss) == 20
    assert intake.skipped == ()


@pytest.mark.parametrize("at", [1, 8, 17, 30, 40, 60, 4_100])
def test_a_damaged_write_ahead_file_costs_no_row_of_the_database_and_is_said(tmp_path: Path, at: int) -> None:
    files = running(tmp_path)
    wal = bytearray(files["loss_log.db-wal"])
    wal[at] ^= 0x55
    intake = read({"loss_log.db": files["loss_log.db"], "loss_log.db-wal": bytes(wal)})
    assert len(intake.histories[0].loss) == 20
    assert len(intake.skipped) == 1


def test_a_cut_write_ahead_file_is_said(tmp_path: Path) -> None:
    files = running(tmp_path)
    intake = read({"loss_log.db": files["loss_log.db"], "loss_log.db-wal": files["loss_log.db-wal"][:-9]})
    assert len(intake.histories[0].loss) == 20
    assert "is damaged or cut off" in intake.skipped[0].reason


def test_too_large_a_database_or_write_ahead_file_is_said(tmp_path: Path) -> None:
    files = running(tmp_path)
    assert "are read" in read(files, Limits(database=1_000)).skipped[0].reason
    most = len(files["loss_log.db"])
    larger = {**files, "loss_log.db-wal": files["loss_log.db-wal"] + bytes(most)}
    intake = read(larger, Limits(database=most))
    assert len(intake.histories[0].loss) == 20
    assert {item.part for item in intake.skipped} == {"loss_log.db-wal"}


def test_the_persons_own_files_are_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for name, data in running(tmp_path).items():
        if not name.endswith("-shm"):
            (folder / name).write_bytes(data)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    files = tuple(Attachment.from_path(path) for path in sorted(folder.iterdir()))
    assert len(read_bundle(Bundle("", files)).histories[0].loss) == 40
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_copies_are_gone_when_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    files = running(tmp_path)
    with Workspace() as workspace:
        read_bundle(Bundle("", tuple(Attachment.from_bytes(*each) for each in files.items())), workspace=workspace)
        assert workspace.folder is not None
        assert list(workspace.folder.iterdir()) == []


def test_rows_come_in_the_order_of_their_steps(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE metrics(step INTEGER, key TEXT, value_real REAL)")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO metrics VALUES (?, 'loss/loss', ?)", [(3, 0.3), (1, 0.1), (2, 0.2)])
        connection.commit()
    assert list(read_database("x", path).loss) == [0.1, 0.2, 0.3]


NUMBERS = "WITH RECURSIVE n(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM n LIMIT 9) SELECT step, 'loss' AS key"
HOSTILE = {
    "a view": (f"CREATE VIEW metrics AS {NUMBERS}, 0.5 AS value_real FROM n",),
    "a view of a table": (METRICS.replace("metrics", "m"), "CREATE VIEW metrics AS SELECT * FROM m"),
    "a virtual table": ("CREATE VIRTUAL TABLE metrics USING fts5(step, key, value_real)",),
    "another table": ("CREATE TABLE users(name TEXT)",),
    "other columns": ("CREATE TABLE metrics(a, b, c)",),
    "a generated column": (
        "CREATE TABLE metrics(step INTEGER, key TEXT, value_real REAL AS (printf('%.*c', 900000, 'x')))",
        "INSERT INTO metrics(step, key) VALUES (1, 'loss')",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_only_looks_like_a_loss_log_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(HistoryError):
        read_database("x", made(tmp_path, *HOSTILE[kind]))


def test_triggers_beside_the_table_do_nothing(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        METRICS,
        "INSERT INTO metrics VALUES (1, 'loss/loss', 0.5, NULL)",
        "CREATE TRIGGER t AFTER INSERT ON metrics BEGIN DELETE FROM metrics; END",
        "CREATE VIEW other AS SELECT load_extension('x')",
    )
    assert list(read_database("x", path).loss) == [0.5]


def test_a_list_of_tables_longer_than_a_page_is_not_loaded(tmp_path: Path) -> None:
    many = [f"CREATE TABLE t{n}(a INTEGER)" for n in range(200)]
    with pytest.raises(HistoryError, match="not ai-toolkit's"):
        read_database("x", made(tmp_path, METRICS, *many))


def test_nor_is_one_in_the_write_ahead_file(tmp_path: Path) -> None:
    path, copy = tmp_path / "x.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(METRICS)
        insert(connection, ROWS)
        for number in range(200):
            connection.execute(f"CREATE TABLE t{number}(a INTEGER)")
        connection.commit()
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    with pytest.raises(HistoryError, match="not ai-toolkit's"):
        read_database("x", copy)


def test_a_query_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from diagnostics.history import database

    path = made(tmp_path, METRICS)
    with closing(sqlite3.connect(path)) as connection:
        insert(connection, [(step, "loss/loss", 0.5) for step in range(20_000)])
    monkeypatch.setattr(database, "_CHECKS", 2)
    with pytest.raises(HistoryError, match="took too long"):
        read_database("x", path)
