"""One character or word, twenty thousand times in a row: what reads it takes time in proportion to its length."""

import time

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from tests.fuzz.seeds import Seed, seeds

LENGTH = 20_000
MOST = 3.0
"""Seconds; a pattern that takes the square of the length needs ten, the slowest of today one."""
RUNS = (
    *"\n \r\t0a[{(-'\"\\=,é#:/.&*|>\u3000",
    *(" \n", "\r\n", "\\\n", "- ", "%|", "  - a:\n", ": ", "\x1b[", "a: ", "a=1,", "--a ", "```\n", "'x', ", "1.0"),
    *('File "', "0/0 [", "00:00 ", "a.b.", "a/b ", "not ", "the skin looks ", "[rank0]: "),
)
SEEDS = {kind: next(seed for seed in seeds() if seed.kind == kind) for kind in ("log", "config", "message")}


def bundle(seed: Seed, run: str) -> Bundle:
    run *= LENGTH // len(run)
    if seed.message:
        return Bundle(f"{run}{seed.message}{run}")
    files = {name: run.encode() + data[:500] + run.encode() + data[500:] for name, data in seed.files.items()}
    return Bundle("", tuple(Attachment.from_bytes(*each) for each in files.items()))


@pytest.mark.parametrize("run", RUNS, ids=repr)
def test_long_runs_take_no_long_time(diagnostician: Diagnostician, run: str) -> None:
    took = {}
    for kind, seed in SEEDS.items():
        start = time.process_time()
        report = diagnostician.diagnose(bundle(seed, run))
        took[kind] = time.process_time() - start
        assert not any("error of ours" in item.reason for item in report.skipped)
    assert max(took.values()) < MOST, took
