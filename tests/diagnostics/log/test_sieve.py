"""What is passed over changes nothing: a sieve is only ever faster."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.log.blocks import Block, blocks
from diagnostics.log.gates import PROGRESS, gates_of
from diagnostics.log.known import shipped
from diagnostics.log.model import LogReading
from diagnostics.log.read import LogReader
from diagnostics.log.sieve import FastSieve, Flood, Hits, PortableSieve, unanchored
from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet
from tests.diagnostics.log.logs import LOGS, document, messages, refreshes

pytest.importorskip("hyperscan", reason="Hyperscan has no wheel for this machine; RE2 is used alone")


class Everything:
    """Lets every segment through."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._count = len(patterns)

    def hits(self, block: Block, _: Flood, /) -> Hits:
        every = np.arange(len(block.starts))
        return np.stack((np.repeat(every, self._count), np.tile(np.arange(self._count), len(every))), axis=1)


@pytest.fixture(scope="module")
def signatures(knowledge: Knowledge) -> SignatureSet:
    return SignatureSet(knowledge.rules.values(), knowledge.benign.lines)


@pytest.fixture(scope="module")
def readers(signatures: SignatureSet) -> dict[str, LogReader]:
    return {
        "everything": LogReader(signatures, sieves=Everything),
        "re2": LogReader(signatures, sieves=PortableSieve),
        "hyperscan": LogReader(signatures, sieves=FastSieve),
    }


def shown(reading: LogReading) -> tuple[object, ...]:
    series = [(s.steps.tolist(), s.loss.tolist(), s.unit, s.trainer, s.total_steps, s.read) for s in reading.series]
    return (
        reading.trainer,
        repr(reading.facts),
        [(hit.rule, hit.signature.pattern, hit.evidence, hit.run) for hit in reading.hits],
        reading.tracebacks,
        reading.errors,
        reading.runs,
        repr(series),
    )


@pytest.mark.parametrize("name", sorted(LOGS))
def test_every_sieve_reads_an_example_alike(readers: dict[str, LogReader], name: str) -> None:
    every, portable, fast = (shown(reader.read(document(LOGS[name]))) for reader in readers.values())
    assert portable == every
    assert fast == every


def test_every_message_of_every_trainer_gets_through(readers: dict[str, LogReader]) -> None:
    texts = messages()
    assert len(texts) > 300
    for text in texts:
        every, portable, fast = (shown(reader.read(document(text))) for reader in readers.values())
        assert portable == every, text
        assert fast == every, text


LINES = [
    *messages()[::7],
    *LOGS["ai-toolkit"].split("\n"),
    *LOGS["sd-scripts"].split("\n"),
    "Traceback (most recent call last):",
    '  File "/a/b.py", line 3, in run',
    "    run()",
    "2025-01-01 10:00:00 INFO     a message that goes on      train_util.py:10",
    "                             in the next row             ",
    "botocore.errorfactory.NoSuchKey: it is gone",
    "\x1b[31mModuleNotFoundError\x1b[0m: No module named 'a'",
    "x" * 5000,
    "",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from(["\n", "\r", "\r\n"]))
def test_hyperscan_and_re2_agree_on_any_mixture(readers: dict[str, LogReader], lines: list[str], end: str) -> None:
    text = end.join(lines)
    assert shown(readers["hyperscan"].read(document(text))) == shown(readers["re2"].read(document(text)))


def test_no_pattern_is_in_the_progress_of_a_healthy_run(signatures: SignatureSet) -> None:
    # one that is costs a call for each of ten million refreshes
    losses = {step: 0.1 + step % 7 / 100 for step in range(1, 400)}
    text = "\n".join(
        refreshes("my_lora", 3000, losses, form)
        for form in ("lr: 1.0e-04 loss: {}", "avr_loss={}", "loss={}, smooth loss=0.2", "step_loss={}, lr=0.0001")
    )
    gates = gates_of(signatures, shipped())
    sieve = FastSieve([gate.pattern for gate in gates])
    found = {int(number) for block in blocks(document(text)) for number in sieve.hits(block, Flood())[:, 1]}
    assert {gates[number].pattern for number in found} == set()


def test_a_flood_of_matches_is_read_to_its_end(readers: dict[str, LogReader]) -> None:
    flood = "CUDA out of memory. Tried to allocate 1.00 GiB\n" * 60_000
    text = f"{flood}ModuleNotFoundError: No module named 'xformers'\n"
    rules = {hit.rule for hit in readers["hyperscan"].read(document(text)).hits}
    assert {"cuda-oom", "missing-dependency"} <= rules


@pytest.mark.parametrize(
    ("pattern", "loose"), [("^a", "a"), (r"\^a", r"\^a"), ("[^a]b", "[^a]b"), ("(?:^|x)a$", "(?:|x)a$")]
)
def test_what_binds_a_pattern_to_the_start_is_taken_off(pattern: str, loose: str) -> None:
    assert unanchored(pattern) == loose


def test_what_shows_progress_is_found_by_its_own_patterns() -> None:
    sieve = FastSieve(PROGRESS)
    text = "x: 1%|a| 3/10 [00:10<00:10, 1.2it/s, loss=0.1]\n3it [00:01, 1it/s]\nstep 5 loss 0.1\nloss = compute()\n"
    (block,) = blocks(document(text))
    assert sorted({int(segment) for segment in sieve.hits(block, Flood())[:, 0]}) == [0, 1, 2]


class TestCache:
    @pytest.fixture(autouse=True)
    def _empty(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def test_what_was_compiled_is_loaded_the_next_time(self, tmp_path: Path) -> None:
        FastSieve(["abc"])
        (kept,) = (tmp_path / "lora-triage").iterdir()
        before = kept.stat().st_mtime_ns
        (block,) = blocks(document("xabc\n"))
        assert FastSieve(["abc"]).hits(block, Flood()).tolist() == [[0, 0]]
        assert kept.stat().st_mtime_ns == before

    def test_a_damaged_cache_is_compiled_anew(self, tmp_path: Path) -> None:
        FastSieve(["abc"])
        (kept,) = (tmp_path / "lora-triage").iterdir()
        kept.write_bytes(b"damaged")
        (block,) = blocks(document("xabc\n"))
        assert FastSieve(["abc"]).hits(block, Flood()).tolist() == [[0, 0]]
        assert kept.read_bytes() != b"damaged"

    def test_old_ones_go(self, tmp_path: Path) -> None:
        for number in range(20):
            FastSieve([f"abc{number}"])
        assert len(list((tmp_path / "lora-triage").iterdir())) == 12

    def test_it_works_without(self, tmp_path: Path) -> None:
        (tmp_path / "lora-triage").write_text("no folder")
        (block,) = blocks(document("xabc\n"))
        assert FastSieve(["abc"]).hits(block, Flood()).tolist() == [[0, 0]]

    def test_it_works_for_a_user_without_a_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def homeless() -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr(Path, "home", homeless)
        (block,) = blocks(document("xabc\n"))
        assert FastSieve(["abc"]).hits(block, Flood()).tolist() == [[0, 0]]
