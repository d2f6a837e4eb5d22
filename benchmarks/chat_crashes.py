"""Kills a chat's bot for good at every step of a case and at random moments, and counts what the next one makes of it.

.venv/bin/python -m benchmarks.chat_crashes discord|slack [RUNS]
"""

from __future__ import annotations

import asyncio
import importlib
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.bot.live.child import STEPS

_RANDOM = "any moment"


def main(platform: str, runs: int) -> None:
    """Print each run, then one line a step and way: outcome to how often it was seen."""
    kills = importlib.import_module(f"tests.bot.{platform}.kills")
    plan = [(step, way) for step in (*STEPS, _RANDOM) for way in kills.WAYS if (step, way) not in kills.NEVER]
    outcomes: Counter[tuple[str, str, str]] = Counter()
    for number in range(runs):
        step, way = plan[number % len(plan)]
        with tempfile.TemporaryDirectory() as folder:
            given, after = ("", random.uniform(0, 2)) if step == _RANDOM else (step, 0)
            try:
                outcome = asyncio.run(kills.once(Path(folder), given, way, after))
            except TimeoutError:
                outcome = "no answer"
        outcomes[step, way, outcome] += 1
        print(f"{number + 1:4} {step:15} {way:8} {outcome}", flush=True)
    for step, way in plan:
        told = {outcome: count for (at, by, outcome), count in sorted(outcomes.items()) if (at, by) == (step, way)}
        print(f"{step:15} {way:8} {told}")
    total: Counter[str] = Counter()
    for (_, _, outcome), count in outcomes.items():
        total[outcome] += count
    print(f"{runs} runs: {dict(total)}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200)
