"""How fast a log is diagnosed, against ripgrep with the same patterns on the same file in the same run.

    .venv/bin/python -m benchmarks.scan FOLDER [--huge]

`FOLDER` is where the logs are written (600 MB; with `--huge` another gigabyte). `rg` must be on the path. The whole
`diagnose` is timed, in a process that has diagnosed a small log before; ripgrep with its start.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.logs import HOSTILE, tracebacks, typical, write
from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.log.gates import gates_of
from diagnostics.log.known import KnownLines
from knowledge.load import load_knowledge
from knowledge.patterns import SignatureSet

MB = 1_000_000
ROUNDS = 5


def ours(path: str, rounds: int) -> tuple[list[float], int]:
    """Return the seconds of each round and the most memory the process ever had in MB."""
    diagnostician = Diagnostician(load_knowledge())
    small = b"".join(typical(5 * MB))
    diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt", small),)))
    del small
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        report = diagnostician.diagnose(Bundle("", (Attachment.from_path(Path(path)),)))
        seconds.append(time.perf_counter() - start)
        if report.skipped:
            print("  not read:", report.skipped[0])
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def ripgrep(path: Path, patterns: Path) -> float:
    """Return the seconds of ``rg -c -f``; without Unicode classes, which make it many times slower."""
    start = time.perf_counter()
    done = subprocess.run(
        ["rg", "--no-unicode", "--text", "-c", "-f", str(patterns), str(path)],
        capture_output=True,
        check=False,
    )
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode())
    return time.perf_counter() - start


def measure(path: Path, patterns: Path) -> None:
    """Print one row."""
    rounds = 3 if path.stat().st_size > 500 * MB else ROUNDS
    theirs = [ripgrep(path, patterns) for _ in range(rounds)]
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        seconds, memory = pool.submit(ours, str(path), rounds).result()
    theirs += [ripgrep(path, patterns) for _ in range(rounds)]
    mine, other = statistics.median(seconds), statistics.median(theirs)
    size = path.stat().st_size / MB
    print(
        f"{path.stem:14} {size:6.0f} MB  {mine * 1000:7.0f} ms  rg {other * 1000:6.0f} ms  ratio {mine / other:5.2f}  "
        f"best {min(seconds) / min(theirs):5.2f}  {mine * 1e9 / size / MB:5.2f} ns/byte  {memory} MB"
    )


def main(folder: Path, huge: bool) -> None:
    """Write the logs and measure each."""
    folder.mkdir(parents=True, exist_ok=True)
    knowledge = load_knowledge()
    patterns = folder / "patterns.txt"
    signatures = SignatureSet(knowledge.rules.values(), knowledge.benign.lines)
    gates = gates_of(signatures, KnownLines(knowledge.trainers.values()))
    # ripgrep joins all patterns into one, which may not name two groups alike
    patterns.write_text("\n".join(gate.pattern.replace("?P<n>", "").replace("?P<folder>", "") for gate in gates) + "\n")
    for size in (10, 100, *([1000] if huge else [])):
        measure(write(folder / f"typical-{size}.log", typical(size * MB)), patterns)
    measure(write(folder / "tracebacks.log", tracebacks(100 * MB)), patterns)
    for name, parts in HOSTILE.items():
        measure(write(folder / f"{name.replace(' ', '-')}.log", parts(100 * MB)), patterns)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--huge" in sys.argv)
