"""The knowledge that the symptom tests read with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

import knowledge
from diagnostics.symptoms import PhraseBook
from knowledge.language import MessageFact, Phrase, Vocabulary
from knowledge.source import read

HOME = Path(knowledge.__file__).parent
DATA = Path(__file__).parent / "data"

Phrases = Mapping[str, Sequence[Phrase]]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The vocabulary that ships."""
    return read(HOME / "vocabulary.yaml", Vocabulary)


@pytest.fixture(scope="session")
def phrases() -> Phrases:
    """The phrases of every rule that ship."""
    return {path.stem: read(path, tuple[Phrase, ...]) for path in sorted((HOME / "phrases").glob("*.yaml"))}


@pytest.fixture(scope="session")
def message_facts() -> tuple[MessageFact, ...]:
    """The number patterns that ship."""
    return read(HOME / "message-facts.yaml", tuple[MessageFact, ...])


@pytest.fixture(scope="session")
def book(phrases: Phrases, vocabulary: Vocabulary) -> PhraseBook:
    """All of it compiled."""
    return PhraseBook(phrases, vocabulary)


def load_sentences(name: str) -> list[tuple[str, str]]:
    """(rules of which one must come first, or ``none``; sentence) of a check file."""
    content = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return [(rule, text) for rule, texts in content.items() for text in texts]
