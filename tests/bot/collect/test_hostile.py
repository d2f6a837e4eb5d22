"""Folders as they really are: files that cannot be read, links, logs of any size, nothing of use."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.collect import lora_triage_collect as script
from bot.collect.lora_triage_collect import MOST, main
from diagnostics.diagnose import Diagnostician
from tests.bot.collect.runs import LOG, ai_toolkit, event, events, packed, picture, reported, samples, scalar, written
from tests.diagnostics.pictures.files import saved, scene

SCRIPT = Path(script.__file__)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """Return a folder that another account can enter, to run as somebody who may not read everything."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def _somebody() -> str | None:
    return "nobody" if hasattr(os, "getuid") and os.getuid() == 0 else None


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(open_to_all: Path) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin") or sys.executable
    run = open_to_all / "run"
    (run / "10_mia").mkdir(parents=True)
    for name in ("1.png", "2.png"):
        (run / "10_mia" / name).write_bytes(saved(scene(1)))
    (run / "10_mia" / "1.txt").write_text("mia")
    (run / "log.txt").write_text(LOG)
    (run / "closed.log").write_text(LOG)
    (run / "shut").mkdir()
    for path in (run / "10_mia" / "2.png", run / "closed.log", run / "shut"):
        path.chmod(0)
    shutil.copy(SCRIPT, open_to_all / "collect.py")
    command = [python, "-S", "-I", str(open_to_all / "collect.py"), str(run), "-y", "-o", str(open_to_all / "b.zip")]
    try:
        done = subprocess.run(command, capture_output=True, text=True, user=_somebody(), cwd=open_to_all)
    except PermissionError:
        pytest.skip("there is no Python that another account could run")
    finally:
        (run / "shut").chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert "Could not be read" in done.stdout
    with zipfile.ZipFile(open_to_all / "b.zip") as made:
        said = json.loads(made.read("lora-triage.json"))
        assert set(made.namelist()) == {"lora-triage.json", "log.txt"}
    assert [(each["name"], each.get("readable", True)) for each in said["pictures"]] == [
        ("10_mia/1.png", True),
        ("10_mia/2.png", False),
    ]
    assert any("closed.log" in each for each in said["left_out"])


def test_links_are_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, other = ai_toolkit(tmp_path / "home"), tmp_path / "private"
    other.mkdir()
    (other / "diary.log").write_text("Traceback (most recent call last):\nValueError: private\n")
    (other / "me.png").write_bytes(saved(scene(1)))
    (run / "diary.log").symlink_to(other / "diary.log")
    (run / "samples" / "me.png").symlink_to(other / "me.png")
    (run / "elsewhere").symlink_to(other)
    (run / "loop").symlink_to(run)
    (tmp_path / "home" / "data" / "mia" / "me.png").symlink_to(other / "me.png")
    files = packed(run, tmp_path / "b.zip")
    assert b"private" not in b"".join(files.values())
    assert not [name for name in files if "diary" in name or "me.png" in name]
    assert b"me.png" not in files["lora-triage.json"]
    assert "Not followed: 5 links" in capsys.readouterr().out


def test_of_a_huge_log_the_beginning_and_the_end_are_kept(tmp_path: Path, diagnostician: Diagnostician) -> None:
    run = tmp_path / "run"
    run.mkdir()
    end = "Traceback (most recent call last):\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n"
    with (run / "log.txt").open("w") as log:
        log.write("Running 1 job\n" + LOG * 20)
        log.seek(300_000_000)
        log.write("\n" + LOG + end)
    files = packed(run, tmp_path / "b.zip")
    text = files["log.txt"].decode()
    assert text.startswith("Running 1 job\n")
    assert text.endswith(end)
    assert "[lora-triage collect left out" in text
    assert len(text) < 6_000_000
    assert reported(diagnostician, tmp_path / "b.zip").findings[0].id == "cuda-oom"


def test_logs_in_utf16_keep_their_end(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    text = "INFO start\r\n" + "INFO żółw ".ljust(99) + "\r\n"
    body = text + ("INFO line".ljust(99) + "\r\n") * 60_000 + "ValueError: żółw\r\n"
    (tmp_path / "run" / "log.txt").write_bytes(b"\xff\xfe" + body.encode("utf-16-le"))
    made = packed(tmp_path / "run", tmp_path / "b.zip")["log.txt"].decode()
    assert made.startswith("INFO start\r\nINFO żółw")
    assert made.endswith("ValueError: żółw\r\n")


def test_the_zip_stays_under_its_limit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # a tenth of everything: random text is slow to search for secrets
    most = MOST // 10
    for name in ("MOST", "_LONGEST_MANIFEST", "_PACKED_MANIFEST", "_LEAST_LOG"):
        monkeypatch.setattr(script, name, getattr(script, name) // 10)
    run = ai_toolkit(tmp_path)
    for number in range(5):
        noise = os.urandom(150_000).hex()
        lines = "".join(f"INFO {noise[at : at + 200]}\n" for at in range(0, len(noise), 200))
        (run / f"{'abcdefghi'[number]}.log").write_text(lines)
        picture = bytearray(saved(scene(number), "JPEG"))
        (run / "samples" / f"{number}.jpg").write_bytes(bytes(picture[:-2]) + os.urandom(140_000) + b"\xff\xd9")
    for number in range(150):
        (tmp_path / "data" / "mia" / f"many{number}.png").write_bytes(b"\x89PNG")
        (tmp_path / "data" / "mia" / f"many{number}.txt").write_text("mia " + os.urandom(3_000).hex())
    files = packed(run, tmp_path / "b.zip")
    size = (tmp_path / "b.zip").stat().st_size
    assert most * 0.5 < size < most
    assert {"lora-triage.json", "config.yaml"} <= set(files)
    said = json.loads(files["lora-triage.json"])
    assert len(said["pictures"]) == 165
    out = capsys.readouterr().out
    assert "captions cut to" in out
    assert "Left out:" in out


def test_where_there_is_nothing_it_says_so_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples(tmp_path / "run" / "samples")
    assert main([str(tmp_path / "run"), "-y", "-o", str(tmp_path / "b.zip")]) == 1
    assert "There is no config, log, loss history or dataset" in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()


def test_without_a_config_it_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ai_toolkit(tmp_path)
    (run / "config.yaml").rename(tmp_path / "mine.yaml")
    packed(run, tmp_path / "b.zip")
    assert "Not found: a config" in capsys.readouterr().out
    files = packed(run, tmp_path / "c.zip", str(tmp_path / "mine.yaml"))
    assert "mine.yaml" in files
    assert len(json.loads(files["lora-triage.json"])["pictures"]) == 15


def test_a_log_that_prints_its_config_leads_to_the_dataset(tmp_path: Path) -> None:
    run = ai_toolkit(tmp_path)
    (run / "config.yaml").unlink()
    printed = json.dumps(
        {"type": "sd_trainer", "datasets": [{"folder_path": str(tmp_path / "data" / "mia")}]}, indent=4
    )
    (run / "log.txt").write_text(f"Running 1 job\n{printed}\n{LOG}")
    files = packed(run, tmp_path / "b.zip")
    assert len(json.loads(files["lora-triage.json"])["pictures"]) == 15


@pytest.mark.parametrize(
    "text", ["{" * 100_000, "a: &a [*a]\n" * 9, "\0\1\2" * 999, "lr: 1\nrank: 2", '{"a": "' + "\\" * 99_999]
)
def test_files_that_only_look_like_configs_do_no_harm(tmp_path: Path, text: str) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.yaml").write_text(text)
    (run / "log.txt").write_text(LOG)
    assert set(packed(run, tmp_path / "b.zip")) == {"lora-triage.json", "log.txt"}


def test_of_a_loss_database_the_numbers_are_kept(tmp_path: Path, diagnostician: Diagnostician) -> None:
    run = tmp_path / "run"
    run.mkdir()
    with closing(sqlite3.connect(run / "loss_log.db")) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE metrics (step INTEGER, key TEXT, value_real REAL, value_text TEXT)")
        made.execute("CREATE TABLE notes (text TEXT)")
        made.execute("INSERT INTO notes VALUES ('/home/marta.k')")
        rows = [(n, "loss/loss", 0.3 - n / 1_000_000 + n % 7 / 100, "marta.k") for n in range(100_000)]
        made.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?)", rows)
        made.commit()
        before = sorted(path.name for path in run.iterdir())
        files = packed(run, tmp_path / "b.zip")
        assert sorted(path.name for path in run.iterdir()) == before
    assert b"marta" not in files["loss_log.db"]
    report = reported(diagnostician, tmp_path / "b.zip")
    assert report.loss is not None
    assert 30_000 <= report.loss.points <= 40_000


def test_of_an_event_file_only_scalars_are_kept(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    others = event(1, written("args", "/home/marta.k")) + event(2, picture("sample", b"\x89PNG" + b"pixels" * 20))
    others += event(3, picture("large", bytes(3_000_000))) + event(4, scalar("lr", 0.1), written("x", "marta.k"))
    name = "events.out.tfevents.1735732800.martas-rig.4711.0"
    (run / name).write_bytes(events(300, others=others))
    (run / "cut.tfevents").write_bytes(events(300)[:-10])
    files = packed(run, tmp_path / "b.zip")
    assert files["events.out.tfevents.1735732800"] == events(300)
    assert len(files["events.out.tfevents"]) == len(events(299))
    assert "martas-rig" not in " ".join(files)


@pytest.mark.parametrize("data", [b"SQLite format 3\0" + bytes(200), b"\0" * 9 + b"brain.Event:2" + b"\xff" * 900])
def test_broken_histories_are_left_out_or_empty(tmp_path: Path, data: bytes) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "log.txt").write_text(LOG)
    (run / "loss_log.db").write_bytes(data)
    files = packed(run, tmp_path / "b.zip")
    assert "log.txt" in files
    assert all(len(body) < 100 for name, body in files.items() if "tfevents" in name)


def test_saved_states_and_environments_are_not_entered(tmp_path: Path) -> None:
    run = ai_toolkit(tmp_path)
    for folder in ("checkpoint-500", "venv/lib/python3.10/site-packages/x", "wandb/run-1/files", "mia-state"):
        (run / folder).mkdir(parents=True)
        (run / folder / "config.yaml").write_text("network_dim: 1\nnetwork_alpha: 2\nlearning_rate: 3\n")
    files = packed(run, tmp_path / "b.zip")
    assert [name for name in files if name.endswith(".yaml")] == ["config.yaml"]


def test_of_numbered_configs_the_newest_is_taken(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for number in range(3):
        path = run / f"config_lora-2025010{number}-101010.toml"
        path.write_text(f"network_dim = {number}\nnetwork_alpha = 1\nlearning_rate = 1e-4\n")
        os.utime(path, (1e9 + number, 1e9 + number))
    files = packed(run, tmp_path / "b.zip")
    assert [name for name in files if name.endswith(".toml")] == ["config_lora-20250102-101010.toml"]
    assert sum("older config" in each for each in json.loads(files["lora-triage.json"])["left_out"]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupting_the_question_leaves_nothing(tmp_path: Path) -> None:
    run = ai_toolkit(tmp_path)
    # as from a terminal: what runs in the background of a script ignores the signal, and so would its children
    heeds = "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv.pop(0)"
    begin = f"{heeds}; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-S", "-I", "-c", begin, str(SCRIPT), str(run), "-o", str(tmp_path / "b.zip")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as going:
        assert going.stdout is not None
        said = b""
        while not said.endswith(b"[y/N] "):
            said += going.stdout.read(1)
        going.send_signal(signal.SIGINT)
        _, errors = going.communicate()
    assert going.returncode == 130
    assert b"Nothing was written" in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "output"]


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_interrupting_the_writing_leaves_no_half_zip(
    stopped: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ai_toolkit(tmp_path)
    write, calls = zipfile.ZipFile.writestr, []

    def second_fails(self: zipfile.ZipFile, *given: object) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise stopped
        write(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(zipfile.ZipFile, "writestr", second_fails)
    assert main([str(run), "-y", "-o", str(tmp_path / "b.zip")]) in (2, 130)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "output"]
    assert "ritten" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_it_asks_before_it_writes(answer: str, written: bool, tmp_path: Path) -> None:
    run = ai_toolkit(tmp_path)
    done = subprocess.run(
        [sys.executable, "-S", "-I", str(SCRIPT), str(run)], input=answer, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0
    assert (tmp_path / "lora-triage-mia.zip").exists() is written
    assert ("Wrote" in done.stdout) is written


def test_nothing_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ai_toolkit(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.zip").write_text("mine")
    assert main([str(run), "-y", "-o", "there.zip"]) == 2
    assert main([str(run), "-y"]) == 0
    assert main([str(run), "-y"]) == 0
    assert {"lora-triage-mia.zip", "lora-triage-mia-2.zip"} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "there.zip").read_text() == "mine"


def test_what_is_no_run_is_refused_with_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as made:
        made.writestr("config.json", "{}")
    for named, reason in (
        (tmp_path / "own.zip", "hand it in as it is"),
        (tmp_path / "missing", "There is no folder"),
        (Path.home(), "not the folder of one training run"),
        (Path("/"), "not the folder of one training run"),
    ):
        assert main([str(named), "-y"]) == 2
        assert reason in capsys.readouterr().err
