"""How well the shipped phrases read: made-up sentences in ten languages, and hostile messages."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.symptoms import PhraseBook, Symptom, read_symptoms
from knowledge.language import Vocabulary

from .conftest import Phrases, load_sentences

LEAST = 0.35


@pytest.fixture(scope="module")
def first(vocabulary: Vocabulary, book: PhraseBook) -> dict[str, list[tuple[str, str, str]]]:
    """Name of the check file -> (expected, found first, sentence)."""
    found = {}
    for name in ("paraphrases.yaml", "indirect.yaml"):
        found[name] = [(rule, _first(text, book, vocabulary), text) for rule, text in load_sentences(name)]
    return found


def _first(text: str, book: PhraseBook, vocabulary: Vocabulary) -> str:
    symptoms: tuple[Symptom, ...] = read_symptoms(text, book, vocabulary)
    return symptoms[0].rule if symptoms and symptoms[0].confidence >= LEAST else "none"


@pytest.mark.parametrize(("name", "least"), [("paraphrases.yaml", 0.97), ("indirect.yaml", 0.86)])
def test_sentences_point_to_their_rule(first: dict[str, list[tuple[str, str, str]]], name: str, least: float) -> None:
    wrong = [row for row in first[name] if row[1] not in row[0].split()]
    assert 1 - len(wrong) / len(first[name]) >= least, wrong


def test_no_false_alarms_to_speak_of(first: dict[str, list[tuple[str, str, str]]]) -> None:
    calm = [row for rows in first.values() for row in rows if row[0] == "none"]
    alarms = [row for row in calm if row[1] != "none"]
    assert len(calm) >= 100
    assert len(alarms) / len(calm) <= 0.03, alarms


def test_every_rule_with_phrases_is_checked(first: dict[str, list[tuple[str, str, str]]], phrases: Phrases) -> None:
    counts = Counter(rule for rows in first.values() for row in rows for rule in row[0].split())
    assert not [rule for rule in phrases if counts[rule] < 2]


@pytest.mark.parametrize(
    "unit",
    [
        "skin plastic face loss ",
        "a",
        "皮肤不",
        "no face\n",
        "a!",
        "<!--",
        "```\n",
        "not ",
        "Error: ",
        "x=1 ",
        "\u0301",
        "' ",
    ],
)
def test_a_hostile_megabyte_costs_little(book: PhraseBook, vocabulary: Vocabulary, unit: str) -> None:
    started = time.process_time()
    read_symptoms(unit * (1_000_000 // len(unit)), book, vocabulary)
    assert time.process_time() - started < 3


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text_gives_ordered_probabilities(book: PhraseBook, vocabulary: Vocabulary, text: str) -> None:
    symptoms = read_symptoms(text, book, vocabulary)
    assert [s.confidence for s in symptoms] == sorted((s.confidence for s in symptoms), reverse=True)
    assert all(0 < s.confidence < 1 for s in symptoms)
    assert len({s.rule for s in symptoms}) == len(symptoms)
