"""A short run of the fuzzer that `benchmarks/fuzz.py` lets run for hours."""

import pytest

from diagnostics.diagnose import Diagnostician
from tests.fuzz.run import case, run
from tests.fuzz.seeds import seeds

SEED = 20_261_123
BLOCKS, RUNS = 8, 40


@pytest.mark.parametrize("block", range(BLOCKS))
def test_mutated_bundles_are_diagnosed_without_an_error_and_in_time(diagnostician: Diagnostician, block: int) -> None:
    outcomes = [run(diagnostician, SEED, index) for index in range(block * RUNS, (block + 1) * RUNS)]
    assert [outcome for outcome in outcomes if outcome.failure] == []


def test_a_run_can_be_repeated() -> None:
    assert [case(1, index) for index in range(50)] == [case(1, index) for index in range(50)]


def test_every_kind_of_input_is_mutated_and_small() -> None:
    cases = [case(SEED, index) for index in range(BLOCKS * RUNS)]
    assert {made.kind for made in cases} == {seed.kind for seed in seeds()}
    assert sum(len(data) for made in cases for data in made.files.values()) < 8_000 * len(cases)


def test_the_corpus_is_sound(diagnostician: Diagnostician) -> None:
    from diagnostics.bundle import Attachment, Bundle

    for seed in seeds():
        files = tuple(Attachment.from_bytes(name, data) for name, data in seed.files.items())
        report = diagnostician.diagnose(Bundle(seed.message, files))
        if seed.kind in ("events", "database", "table"):
            assert report.loss is not None
        assert not any("error of ours" in item.reason for item in report.skipped)
