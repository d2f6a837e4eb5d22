"""One mutated bundle through the whole diagnosis: nothing may be raised, nothing may take long."""

from __future__ import annotations

import json
import random
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import Seed

SECONDS = 1.0
"""Processor time that a run of a few kilobytes may take."""
_STOPPED_AFTER = 10.0


class StoppedError(BaseException):
    """The run was stopped; no `except Exception` of ours may catch this."""


@dataclass(frozen=True)
class Outcome:
    """What became of one run. `failure` is None where all went well."""

    index: int
    kind: str
    seconds: float
    size: int
    failure: str | None


def case(seed: int, index: int) -> Seed:
    """Return the input of one run: the same for the same two numbers."""
    return mutated(random.Random(f"{seed}:{index}"))


def run(diagnostician: Diagnostician, seed: int, index: int) -> Outcome:
    """Diagnose one mutated bundle; a part that the guard had to catch is a failure, too."""
    made = case(seed, index)
    attachments = tuple(Attachment.from_bytes(name, data) for name, data in made.files.items())
    failure = None
    start = time.process_time()
    try:
        with _stopped():
            report = diagnostician.diagnose(Bundle(made.message, attachments))
            json.dumps(report.to_dict(), allow_nan=False).encode()
        failure = next((f"{s.part}: {s.reason}" for s in report.skipped if "error of ours" in s.reason), None)
    except (Exception, StoppedError):
        failure = traceback.format_exc(limit=-12)
    seconds = time.process_time() - start
    if failure is None and seconds > SECONDS:
        failure = f"took {seconds:.2f} s"
    size = sum(map(len, made.files.values())) + len(made.message)
    return Outcome(index, made.kind, seconds, size, failure)


def save(outcome: Outcome, seed: int, folder: Path) -> Path:
    """Write the input of a run and what it did into a folder of its own."""
    made = case(seed, outcome.index)
    home = folder / f"{outcome.kind}-{outcome.index}"
    home.mkdir(parents=True, exist_ok=True)
    for number, (name, data) in enumerate(made.files.items()):
        (home / f"{number}-{name.replace('/', '_')}").write_bytes(data)
    (home / "message.txt").write_text(made.message, "utf-8", "replace")
    (home / "failure.txt").write_text(f"seed {seed}, index {outcome.index}\n{outcome.failure}\n", "utf-8", "replace")
    return home


@contextmanager
def _stopped() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise StoppedError(f"stopped after {_STOPPED_AFTER:.0f} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _STOPPED_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
