"""Kills a desk for good at every step of a case, and at random moments, and counts what the next process makes of it.

.venv/bin/python -m benchmarks.crashes [RUNS]
"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bot.desk.chat import FolderChat
from tests.bot.desk.child import STEPS

ROOT = Path(__file__).resolve().parents[1]
LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()


def main() -> None:
    """Print one line a step: runs, lost cases, replies said twice."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    plan = [STEPS[number % len(STEPS)] if number % 5 else "any moment" for number in range(runs)]
    outcomes: Counter[tuple[str, str]] = Counter()
    for step in plan:
        with tempfile.TemporaryDirectory() as folder:
            outcomes[step, once(Path(folder), step)] += 1
    for step in (*STEPS, "any moment"):
        told = {outcome: count for (at, outcome), count in sorted(outcomes.items()) if at == step}
        print(f"{step:16} {told}")


def once(folder: Path, step: str) -> str:
    """Run a desk that dies at `step`, then one that does not; return what came of it."""
    chat = FolderChat(folder / "chat")
    chat.attach("log.txt", LOG, "m1")
    command = [sys.executable, "-m", "tests.bot.desk.child", str(folder)]
    if step == "any moment":
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            time.sleep(random.uniform(0.3, 4))
            process.send_signal(signal.SIGKILL)
    else:
        died = subprocess.run([*command, step], cwd=ROOT, check=False, capture_output=True).returncode
        if died != -signal.SIGKILL:
            return f"did not die there ({died})"
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=120).returncode
    replies = list(chat.visible().values())
    connection = sqlite3.connect(folder / "data" / "cases.sqlite")
    cases = connection.execute("SELECT state FROM cases").fetchall()
    connection.close()
    if ended != 0:
        return f"the second process ended with {ended}"
    if cases != [("answered",)]:
        return f"cases {cases}"
    return "one reply" if len(replies) == 1 and replies[0]["findings"] else f"{len(replies)} replies"


if __name__ == "__main__":
    main()
