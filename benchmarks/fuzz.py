"""Mutated bundles through the whole diagnosis, as many as there is time for; any run can be repeated by its number.

.venv/bin/python -m benchmarks.fuzz --count 1000000 --processes 2 --minutes 60
.venv/bin/python -m benchmarks.fuzz --seed 7 --only 4711
"""

from __future__ import annotations

import argparse
import gc
import itertools
import math
import random
import sys
import time
from collections import defaultdict
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge
from tests.fuzz.run import Outcome, run, save

_BLOCK = 250
_SHOWN = 5
_diagnostician: Diagnostician | None = None


def _start() -> None:
    global _diagnostician
    gc.set_threshold(100_000)
    _diagnostician = Diagnostician(load_knowledge())


def _block(task: tuple[int, int, int]) -> list[Outcome]:
    seed, first, last = task
    assert _diagnostician is not None
    return [run(_diagnostician, seed, index) for index in range(first, last)]


def _outcomes(seed: int, count: int, processes: int) -> Generator[Outcome, None, None]:
    tasks = [(seed, first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK)]
    pool = ProcessPoolExecutor(processes, initializer=_start)
    try:
        # a worker that dies ends this with BrokenProcessPool: run again with --only to find the input
        for block in pool.map(_block, tasks):
            yield from block
    finally:
        pool.shutdown(cancel_futures=True)


def main() -> None:
    """Run, print the figures, and write what failed into a folder; the exit status is 1 where anything did."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--minutes", type=float, default=math.inf, help="stop after this time")
    options.add_argument("--only", type=int, help="the number of a single run to repeat")
    options.add_argument("--failures", type=Path, default=Path("fuzz-failures"), help="folder for inputs that fail")
    chosen = options.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    if chosen.only is not None:
        _start()
        (outcome,) = _block((chosen.seed, chosen.only, chosen.only + 1))
        print(outcome.kind, f"{outcome.seconds * 1000:.1f} ms", outcome.failure or "well", sep="\n")
        print(save(outcome, chosen.seed, chosen.failures))
        return
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    failed = 0
    start = time.monotonic()
    outcomes = _outcomes(chosen.seed, chosen.count, chosen.processes)
    for outcome in itertools.takewhile(lambda _: time.monotonic() - start < 60 * chosen.minutes, outcomes):
        by_kind[outcome.kind].append(outcome)
        if outcome.failure:
            failed += 1
            home = save(outcome, chosen.seed, chosen.failures)
            print(f"run {outcome.index}: {outcome.failure.strip().splitlines()[-1][:160]} -> {home}", flush=True)
    outcomes.close()
    _summary(by_kind, time.monotonic() - start, failed)
    sys.exit(failed > 0)


def _summary(by_kind: dict[str, list[Outcome]], seconds: float, failed: int) -> None:
    everything = [outcome for outcomes in by_kind.values() for outcome in outcomes]
    print(f"{len(everything)} runs, {failed} failed, {len(everything) / seconds:.0f} a second")
    print("kind        runs  failed  bytes  mean ms  slowest ms")
    for kind, outcomes in sorted(by_kind.items()):
        mean = sum(outcome.seconds for outcome in outcomes) / len(outcomes) * 1000
        size = sum(outcome.size for outcome in outcomes) // len(outcomes)
        slowest = max(outcome.seconds for outcome in outcomes) * 1000
        bad = sum(outcome.failure is not None for outcome in outcomes)
        print(f"{kind:10} {len(outcomes):5} {bad:7} {size:6} {mean:8.1f} {slowest:11.0f}")
    for outcome in sorted(everything, key=lambda each: -each.seconds)[:_SHOWN]:
        print(f"slow: run {outcome.index} ({outcome.kind}) {outcome.seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main()
