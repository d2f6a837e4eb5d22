"""The same file under a new id: one case, its answer, and one reply that leads there, whatever step a kill cuts off."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.desk.chat import FolderChat
from tests.conftest import ROOT

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()


def run(folder: Path, step: str = "") -> int:
    command = [sys.executable, "-m", "tests.bot.desk.again", str(folder), step]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=120, capture_output=True).returncode


@pytest.mark.parametrize("step", ["", "recognised", "after sending"])
def test_a_file_sent_again_leads_to_its_case(tmp_path: Path, step: str) -> None:
    chat = FolderChat(tmp_path / "chat")
    chat.attach("log.txt", LOG, "m1")
    chat.attach("log (1).txt", LOG, "m2")
    if step:
        assert run(tmp_path, step) == -signal.SIGKILL
    assert run(tmp_path) == 0
    answer, leading = chat.visible().values()
    assert answer["findings"][0] == "cuda-oom"
    assert answer["revision"] == 2, "what was said with the second upload is part of the case"
    assert leading["case"] == answer["case"]
    assert leading["report"] is None
    assert answer["case"] in leading["notice"]
    with sqlite3.connect(tmp_path / "data" / "cases.sqlite") as connection:
        assert connection.execute("SELECT state FROM cases").fetchall() == [("answered",)]
        assert connection.execute("SELECT count(*) FROM messages").fetchall() == [(2,)]
    connection.close()
