"""How fast text is redacted at the door, against the diagnosis of the same file.

    .venv/bin/python -m benchmarks.redact FOLDER

`FOLDER` is where the files are written (250 MB). Both run warm, in this process, on files on disk; processor time of
the process, so that neighbours on the machine count little. `portable` is RE2 alone, without Hyperscan.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.logs import repeated, tracebacks, typical, write
from bot.redact import Redactor
from bot.redact.files import admit
from bot.redact.sieve import PortableSieve
from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge
from knowledge.redaction import load_redaction

MB = 1_000_000
ROUNDS = 5
ROOT = Path(__file__).resolve().parents[1]
HIT = (
    b'  File "/home/marta.k/ai/train.py", line 3, in run to jan.nowak@example.org at 10.20.30.40:29500\n'
    b"  out = C:\\Users\\marta.k\\lora --huggingface_token geheim123 hf_FAKEfakeFAKEfakeFAKEfakeFAKEfake00\n"
)
BAR = b"\rsteps:   3%|3         | 60/2000 [01:00<30:00, 1.00s/it, avr_loss=0.12] /home/marta.k/x"
WORDS = b"the quick brown fox jumps over lazy dog tensor model layer attention weight batch "


def paths(size: int) -> Iterator[bytes]:
    """Tracebacks in a person's folder."""
    for part in tracebacks(size):
        yield part.replace(b"/app/ai-toolkit", b"/home/marta.k/ai-toolkit")


def configs(_size: int) -> Iterator[bytes]:
    """One config of usual length."""
    yield (ROOT / "examples" / "out-of-memory" / "config.yaml").read_bytes()


FILES: dict[str, tuple[int, Callable[[int], Iterator[bytes]]]] = {
    "typical": (100, typical),
    "config": (1, configs),
    "paths": (16, paths),
    "every-line": (4, repeated(HIT)),
    "every-refresh": (8, repeated(BAR)),
    "one-line": (16, repeated(WORDS * 40 + b" /home/marta.k/x ")),
}


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median processor time of `work`."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main(folder: Path) -> None:
    """Print a row for each file."""
    folder.mkdir(parents=True, exist_ok=True)
    redaction = load_redaction()
    redactor, portable = Redactor(redaction, b"key"), Redactor(redaction, b"key", PortableSieve)
    diagnostician = Diagnostician(load_knowledge())
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    for name, (size, parts) in FILES.items():
        path = write(folder / f"{name}.{'yaml' if name == 'config' else 'log'}", parts(size * MB))
        bundle = Bundle("", (Attachment.from_path(path),))
        length = path.stat().st_size
        rounds = 200 if length < MB else ROUNDS
        ours = seconds(partial(admit, bundle, redactor, copies), rounds)
        slow = seconds(partial(admit, bundle, portable, copies), rounds)
        read = seconds(partial(diagnostician.diagnose, admit(bundle, redactor, copies).bundle), rounds)
        print(
            f"{name:14} {length / MB:7.3f} MB  {ours * 1000:7.1f} ms  {length / ours / MB:5.0f} MB/s  "
            f"portable {length / slow / MB:5.0f} MB/s  diagnosis {read * 1000:7.1f} ms  ratio {ours / read:5.2f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
