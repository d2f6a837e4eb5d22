"""Loss histories as the real writers make them: tensorboardX, the sqlite3 library, JSON and CSV."""

import contextlib
import io
import json
import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboardX import SummaryWriter

from diagnostics.history import HistoryError, HistoryKind, history_kind, is_unfinished, read_database, read_history
from diagnostics.log.model import Series, Unit

LOSSES = [0.15, 0.12, float("nan"), 0.09]


def read(data: bytes, folder: Path) -> Series | None:
    kind = history_kind(data[:65_536])
    if kind is HistoryKind.DATABASE:
        copy = folder / "copy.db"
        copy.write_bytes(data)
        return read_database("x", copy)
    return read_history("x", io.BytesIO(data), kind, len(data)) if kind else None


def written(folder: Path, *tags: str) -> bytes:
    with SummaryWriter(str(folder)) as writer:
        for tag in tags:
            for step, loss in enumerate(LOSSES, 1):
                writer.add_scalar(tag, loss, step)
    return next(folder.glob("events.*")).read_bytes()


def database(path: Path, journal: str = "DELETE") -> bytes:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute(
        "CREATE TABLE metrics(step INTEGER, key TEXT, value_real REAL, value_text TEXT, PRIMARY KEY(step, key))"
    )
    for step, loss in enumerate(LOSSES, 1):
        value = None if math.isnan(loss) else loss
        connection.execute("INSERT INTO metrics VALUES (?, 'loss/loss', ?, NULL)", (step, value))
        connection.execute("INSERT INTO metrics VALUES (?, 'learning_rate', 0.0002, NULL)", (step,))
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_the_training_loss_of_an_event_file_is_found_among_others(tmp_path: Path) -> None:
    series = read(written(tmp_path, "lr/unet", "loss/average", "loss/current"), tmp_path)
    assert series is not None
    np.testing.assert_allclose(series.loss, LOSSES, rtol=1e-6)
    np.testing.assert_array_equal(series.steps, [1, 2, 3, 4])
    assert (series.trainer, series.unit) == ("sd-scripts", Unit.RAW)
    assert series.learning_rate is not None


def test_an_event_file_cut_in_the_middle_gives_what_is_whole(tmp_path: Path) -> None:
    data = written(tmp_path, "loss")
    series = read(data[:-10], tmp_path)
    assert series is not None
    assert len(series.loss) == len(LOSSES) - 1


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_ai_toolkits_database(tmp_path: Path, journal: str) -> None:
    data = database(tmp_path / "loss_log.db", journal)
    series = read(data, tmp_path)
    assert series is not None
    np.testing.assert_allclose(series.loss, LOSSES)
    assert series.trainer == "ai-toolkit"
    assert is_unfinished(data) is (journal == "WAL")


def test_another_database_is_refused_with_a_reason(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE users(name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(HistoryError, match="not ai-toolkit's loss log"):
        read((tmp_path / "x.db").read_bytes(), tmp_path)


def test_a_view_that_never_ends_is_stopped(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute(
        "CREATE VIEW metrics AS WITH RECURSIVE n(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM n) "
        "SELECT step, 'loss' AS key, 1.0 AS value_real FROM n"
    )
    connection.commit()
    connection.close()
    with pytest.raises(HistoryError):
        read((tmp_path / "x.db").read_bytes(), tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps({"step": n, "metrics": {"train_loss": loss}}) for n, loss in enumerate([0.2, 0.1], 1)),
        json.dumps({"log_history": [{"step": 1, "loss": 0.2}, {"step": 2, "loss": 0.1, "eval": "x"}]}),
        '"Step","run-7 - loss/current","run-7 - loss/current__MIN"\n1,0.2,0.1\n2,0.1,0.0\n',
        "step,key,value\n1,loss,0.2\n1,lr,3\n2,loss,0.1\n",
    ],
    ids=["json lines", "trainer state", "W&B export", "DiffSynth csv"],
)
def test_histories_as_text(text: str, tmp_path: Path) -> None:
    series = read(text.encode(), tmp_path)
    assert series is not None
    assert (list(series.steps), list(series.loss)) == ([1, 2], [0.2, 0.1])


@pytest.mark.parametrize("text", ["", "hello", "name,age\na,3\n", '{"a": 1}', "job: extension\n"])
def test_other_files_are_no_history(text: str, tmp_path: Path) -> None:
    assert read(text.encode(), tmp_path) is None


@settings(deadline=None)
@given(st.data())
def test_mutated_histories_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("h")
    originals = [written(folder, "loss"), database(folder / "a.db")]
    content = bytearray(data.draw(st.sampled_from(originals)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(HistoryError):
        read(bytes(content[: data.draw(st.integers(1, len(content)))]), folder)
