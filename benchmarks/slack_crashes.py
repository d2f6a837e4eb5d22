"""Kills the Slack bot for good at every step of a case and at random moments, and counts what the next one does.

.venv/bin/python -m benchmarks.slack_crashes [RUNS [FIRST]]
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.bot.slack.child import STEPS
from tests.bot.slack.kills import WAYS, once

_RANDOM = "any moment"


def main() -> None:
    """Print one line a step and way: outcome to how often it was seen."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 140
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    plan = [(step, way) for step in (*STEPS, _RANDOM) for way in WAYS]
    plan.remove(("fetching", "command"))  # there is nothing to fetch
    outcomes: Counter[tuple[str, str, str]] = Counter()
    for number in range(first, first + runs):
        step, way = plan[number % len(plan)]
        with tempfile.TemporaryDirectory() as folder:
            given, after = ("", random.uniform(0, 2)) if step == _RANDOM else (step, 0)
            try:
                outcome = asyncio.run(once(Path(folder), given, way, after))
            except TimeoutError:
                outcome = "no answer"
        outcomes[step, way, outcome] += 1
        print(f"{number + 1:4} {step:15} {way:8} {outcome}", flush=True)
    for step, way in plan:
        told = {outcome: count for (at, by, outcome), count in sorted(outcomes.items()) if (at, by) == (step, way)}
        print(f"{step:15} {way:8} {told}")
    total = Counter(outcome for (_, _, outcome), count in outcomes.items() for _ in range(count))
    print(f"{runs} runs: {dict(total)}")


if __name__ == "__main__":
    main()
