"""The lines that say something: what they mean, and the literals by which all others can be passed over."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.log.facts import FactReader
from diagnostics.log.gates import gates_of
from diagnostics.log.known import KnownLines
from diagnostics.log.sieve import unanchored
from diagnostics.log.trainer import TrainerReader
from knowledge.model import Knowledge
from knowledge.patterns import PatternSet, SignatureSet
from tests.diagnostics.trainers.test_trainers import EXPECTED, text

EXAMPLES = st.sampled_from(
    sorted({line for name in EXPECTED for line in text(name, "log.txt").replace("\r", "\n").split("\n") if line})
)
TEXTS = st.one_of(EXAMPLES, st.text(max_size=60), st.tuples(EXAMPLES, st.text(max_size=20)).map("".join))


@pytest.fixture(scope="module")
def known(knowledge: Knowledge) -> KnownLines:
    return KnownLines(knowledge.trainers.values())


def state(facts: FactReader, trainer: TrainerReader) -> object:
    return (dict(facts.values), facts.checkpoints, facts.samples, facts.phase, facts.wants_more, trainer.trainer)


@settings(deadline=None, max_examples=300)
@given(lines=st.lists(TEXTS, max_size=20))
def test_only_lines_with_a_gate_change_anything(known: KnownLines, lines: list[str]) -> None:
    of_refreshes = [re2.escape(mark.text) for mark in known.marks if mark.in_refreshes]
    gates = PatternSet([*(unanchored(gate.pattern) for gate in gates_of(SignatureSet(()), known)), *of_refreshes])
    facts, trainer = FactReader("log", known), TrainerReader(known)
    for number, line in enumerate(lines):
        wanted, before = facts.wants_more, state(facts, trainer)
        facts.feed(number, line)
        trainer.feed(line)
        if not wanted and not gates.match(line):
            assert state(facts, trainer) == before
            assert not facts.starts_run(line)


def test_every_example_is_taken_as_what_it_is_given_for(knowledge: Knowledge, known: KnownLines) -> None:
    for trainer in knowledge.trainers.values():
        for line in trainer.log.facts if trainer.log else ():
            for example, value in line.examples.items():
                reader = FactReader("log", known)
                reader.feed(1, example)
                assert reader.values[line.fact] == value
        for saved in trainer.log.checkpoints if trainer.log else ():
            reader = FactReader("log", known)
            reader.feed(1, saved.examples[0])
            assert reader.checkpoints == 1, "counted once, however many trainers print it"


def test_a_message_of_several_rows_says_that_it_wants_them(known: KnownLines) -> None:
    reader = FactReader("log", known)
    reader.feed(1, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total")
    assert reader.wants_more
    reader.feed(2, "capacity of 23.53 GiB of which 1.00 GiB is free. 20 GiB is reserved by PyTorch but unallocated.")
    assert not reader.wants_more
    assert reader.values == {"vram_requested_gib": 2.5, "vram_gib": 23.53, "vram_free_gib": 1.0}


def test_what_several_trainers_print_counts_only_where_nothing_else_tells(known: KnownLines) -> None:
    reader = TrainerReader(known)
    for _ in range(50):
        reader.feed("steps:  1%|a| 13/20 [00:10<00:10,  1.20s/it, avr_loss=0.2]")
    reader.feed("INFO:musubi_tuner.qwen_image_train_network:Load dataset config from x.toml")
    assert reader.trainer == "musubi-tuner"


def test_a_mark_of_another_version_of_the_knowledge_is_known_by_it(knowledge: Knowledge) -> None:
    entry = knowledge.trainers["onetrainer"]
    log = entry.log.model_copy(update={"marks": ("The new OneTrainer",)}) if entry.log else None
    changed = KnownLines([entry.model_copy(update={"log": log})])
    assert changed.marks_in("The new OneTrainer 2.0")
    assert not changed.marks_in("smooth loss=0.1")
