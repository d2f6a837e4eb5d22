"""Whole logs in the form each trainer writes them: what reading them must give."""

from pathlib import Path

import pytest

from diagnostics.bundle import Document, Kind
from diagnostics.log import LogReading, looks_like_log, read_log
from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet

DATA = Path(__file__).parent / "data"
NAMES = sorted(path.name for path in DATA.glob("*.log"))


@pytest.fixture(scope="module")
def readings(knowledge: Knowledge) -> dict[str, LogReading]:
    signatures = SignatureSet(knowledge.rules.values(), knowledge.benign.lines)
    return {name: read_log(Document(name, Kind.LOG, text(name)), signatures) for name in NAMES}


def text(name: str) -> str:
    return (DATA / name).read_bytes().decode("utf-8")


def strong(reading: LogReading) -> list[str]:
    return list(dict.fromkeys(hit.rule for hit in reading.hits if not hit.signature.weak))


@pytest.mark.parametrize("name", NAMES)
def test_each_is_seen_as_a_log_and_its_evidence_stands_where_it_says(
    readings: dict[str, LogReading], name: str
) -> None:
    assert looks_like_log(text(name))
    lines = text(name).split("\n")
    for hit in readings[name].hits:
        assert hit.evidence.text[:40].strip() in lines[hit.evidence.line - 1]


def test_ai_toolkit_out_of_memory(readings: dict[str, LogReading]) -> None:
    reading = readings["ai-toolkit-out-of-memory.log"]
    facts = reading.facts
    assert strong(reading) == ["cuda-oom"]
    assert (facts.trainer, facts.rank, facts.alpha, facts.steps, facts.last_step) == ("ai-toolkit", 16, 16.0, 3000, 6)
    assert facts.images == 60, "both datasets count"
    assert facts.samples == 1, "the last refresh of a finished bar comes twice"
    assert (facts.vram_gib, facts.vram_requested_gib, facts.vram_other_gib) == (23.53, 1.12, 2.25)
    assert facts.crashed
    (series,) = reading.series
    assert series.steps.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert series.loss.tolist() == [0.412, 0.355, 0.338, 0.301, 0.322, 0.298, 0.298]


def test_sd_scripts_nan_in_wrapped_rows(readings: dict[str, LogReading]) -> None:
    reading = readings["sd-scripts-nan.log"]
    facts = reading.facts
    assert strong(reading) == ["nan-loss"]
    assert facts.images == 21, "the counts stand in the second and third row of wrapped messages"
    assert (facts.rank, facts.alpha, facts.batch_size, facts.epochs, facts.steps) == (32, 16.0, 2, 10, 900)
    assert (facts.nan_steps, facts.first_nan_step, facts.last_step) == (3, 4, 6)
    assert [t.wrapper for t in reading.tracebacks] == [True]
    assert not facts.crashed, "a wrapper's word alone names no crash of the trainer"


def test_diffusion_pipe_killed(readings: dict[str, LogReading]) -> None:
    reading = readings["diffusion-pipe-killed.log"]
    facts = reading.facts
    assert strong(reading) == ["host-oom"]
    assert reading.series[0].loss.tolist() == [0.2114, 0.1987, 0.2033, 0.1711]
    assert (facts.images, facts.learning_rate, facts.checkpoints, facts.exit_status) == (48, 2e-05, 1, -9)


def test_musubi_names_the_first_cause_of_a_chain(readings: dict[str, LogReading]) -> None:
    reading = readings["musubi-tuner-missing-package.log"]
    assert strong(reading) == ["missing-dependency"]
    assert [t.exception for t in reading.tracebacks] == ["ModuleNotFoundError", "ImportError"]
    assert reading.tracebacks[0].frames[0].code == "import prodigyopt"
    assert (reading.facts.trainer, reading.facts.images) == ("musubi-tuner", 12)


def test_onetrainer_counts_on_over_epochs(readings: dict[str, LogReading]) -> None:
    reading = readings["onetrainer-finished.log"]
    (series,) = reading.series
    assert strong(reading) == []
    assert series.steps.tolist() == [1, 2, 3, 4, 5, 6]
    assert (series.total_steps, reading.facts.checkpoints) == (6, 1)
