"""Do phrases and message facts do what their own examples say? Asked by `lora-triage knowledge check`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from diagnostics.symptoms.numbers import FactBook
from diagnostics.symptoms.phrases import PhraseBook
from diagnostics.symptoms.sentences import sentences
from knowledge.language import MessageFact, Phrase
from knowledge.load import HOME, RULE_FOLDERS, load_knowledge
from knowledge.mistakes import Mistake
from knowledge.model import Rule
from knowledge.source import YamlFile


def check_phrases(root: Path = HOME) -> tuple[Mistake, ...]:
    """Return every example that its phrase misses and every counterexample that it takes, with file and line.

    The files under `root` must be free of other mistakes (see `knowledge.check`).
    """
    knowledge = load_knowledge(root)
    try:
        book = PhraseBook({rule.id: rule.phrases for rule in knowledge.rules.values()}, knowledge.vocabulary)
    except ValueError as error:
        return (Mistake(root / "phrases", 1, str(error)),)
    mistakes: list[Mistake] = []
    for path in sorted((root / "phrases").glob("*.yaml")):
        listed = YamlFile(path, tuple[Phrase, ...])
        for location, message in _complaints(book, listed.value):
            mistakes.append(Mistake(path, listed.line(*location), message))
    for folder in RULE_FOLDERS:
        for path in sorted((root / folder).glob("*.yaml")):
            rule = YamlFile(path, Rule)
            for location, message in _complaints(book, rule.value.phrases):
                mistakes.append(Mistake(path, rule.line("phrases", *location), message))
    path = root / "message-facts.yaml"
    facts = YamlFile(path, tuple[MessageFact, ...])
    mistakes += (Mistake(path, facts.line(*at), message) for at, message in _fact_complaints(facts.value))
    return tuple(sorted(mistakes))


def _complaints(book: PhraseBook, phrases: tuple[Phrase, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    for index, phrase in enumerate(phrases):
        for number, text in enumerate(phrase.examples):
            if not _holds(book, phrase, text):
                yield (index, "examples", number), f"the phrase misses its example {text!r}"
        for number, text in enumerate(phrase.counterexamples):
            if _holds(book, phrase, text):
                yield (index, "counterexamples", number), f"the phrase takes its counterexample {text!r}"


def _fact_complaints(facts: tuple[MessageFact, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    for index, fact in enumerate(facts):
        book = FactBook((fact,))
        for text, value in fact.examples.items():
            read = getattr(book.read(text)[0], fact.fact)
            if read != value:
                yield (index, "examples", text), f"reads {read!r} instead of {value!r} in {text!r}"
        for number, text in enumerate(fact.counterexamples):
            read = getattr(book.read(text)[0], fact.fact)
            if read is not None:
                yield (index, "counterexamples", number), f"reads {read!r} in its counterexample {text!r}"


def _holds(book: PhraseBook, phrase: Phrase, text: str) -> bool:
    # phrases are read anew with each file, so the same phrase is told by its value
    message = [book.read(sentence.text) for sentence in sentences(text)]
    return any(
        match.phrase == phrase and match.factor == 1.0 for read in message for match in book.matches(read, message)
    )
