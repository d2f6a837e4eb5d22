"""How long `lora-triage diagnose` of a small bundle takes, cold start included, and what of it is imports.

.venv/bin/python benchmarks/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15


def seconds(*arguments: str) -> float:
    """Return the median wall time of a fresh interpreter with `arguments`."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the medians."""
    print(f"python alone                      {seconds('-c', 'pass'):.3f} s")
    print(f"imports of a diagnosis            {seconds('-c', 'import diagnostics.diagnose, knowledge.load'):.3f} s")
    for example in sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir()):
        bundle = f"examples/{example.name}"
        print(f"diagnose {bundle:24} {seconds('-m', 'bot', 'diagnose', bundle):.3f} s")
        print(f"diagnose {bundle:24} {seconds('-m', 'bot', 'diagnose', bundle, '--json'):.3f} s (--json)")


if __name__ == "__main__":
    main()
