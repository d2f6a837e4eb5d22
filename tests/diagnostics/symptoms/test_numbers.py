from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.symptoms import FactBook, read_message_facts
from knowledge.facts import MessageFacts
from knowledge.language import MessageFact


def test_facts_of_a_whole_message(message_facts: tuple[MessageFact, ...]) -> None:
    machine, run = "RTX 4090 24GB, 64GB RAM", "30 photos, rank 16, lr 1e-4, batch size 2, 3,000 steps"
    text = f"{machine}\n{run}\ntested with epoch 8 at strength 0,8"
    facts, origins = read_message_facts(text, message_facts)
    assert facts == MessageFacts(
        gpu="RTX 4090", vram_gib=24, ram_gib=64, images=30, rank=16, learning_rate=1e-4, batch_size=2, steps=3000,
        strength=0.8, checkpoint_epoch=8,
    )  # fmt: skip
    assert origins["strength"].line == 3
    assert origins["rank"].text.startswith("30 photos")


def test_values_that_cannot_be_meant_are_passed_over() -> None:
    fact = MessageFact(fact="strength", pattern=r"strength (\S+)", least=0.05, most=5, examples={"strength 1": 1})
    assert read_message_facts("strength 900, then strength 0.9", [fact])[0].strength == 0.9
    assert read_message_facts("strength full", [fact])[0] == MessageFacts()


@pytest.mark.parametrize(
    ("fact", "pattern", "message"),
    [
        ("colour", r"(\d)", "no colour"),
        ("rank", r"(\d", "rank"),
        ("rank", r"\d", "one group"),
        ("rank", r"(?=\d)(\d)", "rank"),
    ],
)
def test_broken_facts_are_named(fact: str, pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FactBook([MessageFact(fact=fact, pattern=pattern, examples={"1": 1})])


@given(st.text(st.sampled_from("0123456789ek.,- gb/srank\nxtp%强度步"), max_size=200))
@settings(deadline=None, max_examples=200)
def test_any_text_gives_finite_facts_within_their_bounds(message_facts: tuple[MessageFact, ...], text: str) -> None:
    facts, origins = read_message_facts(text, message_facts)
    assert all(getattr(facts, name) is not None for name in origins)
    assert facts.strength is None or 0.05 <= facts.strength <= 5
    assert facts.steps is None or 10 <= facts.steps <= 10**7
