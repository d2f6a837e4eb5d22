"""The process is killed for good at a step of a case; the next one must finish it, and say it once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.desk.chat import FolderChat
from tests.conftest import ROOT

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()


def run(folder: Path, step: str = "") -> int:
    command = [sys.executable, "-m", "tests.bot.desk.child", str(folder), step]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=120, capture_output=True).returncode


@pytest.mark.parametrize("step", ["before the row", "diagnosing", "after sending"])
def test_no_case_is_lost_and_no_reply_said_twice(tmp_path: Path, step: str) -> None:
    chat = FolderChat(tmp_path / "chat")
    chat.attach("log.txt", LOG, "m1")
    assert run(tmp_path, step) == -signal.SIGKILL
    assert len(chat.visible()) == (1 if step == "after sending" else 0)
    assert run(tmp_path) == 0
    (reply,) = chat.visible().values()
    assert reply["findings"][0] == "cuda-oom"
    assert not list((tmp_path / "data").glob("work/*")), "attachments are deleted after the answer"
