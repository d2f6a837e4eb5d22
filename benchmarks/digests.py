"""104 weeks of digests: clocks that change and are set, processes that die at any step, two at a time.

.venv/bin/python -m benchmarks.digests
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.bot.desk.chat import FolderChat
from tests.bot.desk.digest_world import HOURS, Chances, run_processes, simulate, weeks_from_first


def main() -> None:
    """Print how many digests were due, posted, missing and doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            posted = asyncio.run(simulate(Path(folder), HOURS, options.weeks, seed, Chances()))
        _tell(f"simulated, seed {seed}", posted, options.weeks, HOURS, time.perf_counter() - started)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        some = {name: HOURS[name] for name in ("tehran", "lord-howe", "warsaw")}
        killed = asyncio.run(run_processes(Path(folder), some, options.weeks))
        posted = FolderChat(Path(folder) / "chat").digests()
        _tell(f"two processes, killed {killed} times", posted, options.weeks, some, time.perf_counter() - started)


def _tell(what: str, posted: Iterable[Mapping[str, Any]], weeks: int, servers: Iterable[str], seconds: float) -> None:
    due = {(server, str(week)) for server in servers for week in weeks_from_first(weeks)}
    found = Counter((each["server"], each["week"]) for each in posted)
    late = sum(bool(each["late"]) for each in posted)
    print(
        f"{what}: {len(due)} due, {found.total()} posted, {late} of them late, {len(due - set(found))} missing, "
        f"{sum(count - 1 for count in found.values())} doubled, {len(set(found) - due)} not due ({seconds:.0f} s)",
        flush=True,
    )


if __name__ == "__main__":
    main()
