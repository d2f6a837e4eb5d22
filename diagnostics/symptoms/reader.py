"""The person's own words: which rules they point to, and which numbers they state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostics.bundle import Document, Evidence, Kind
from diagnostics.symptoms.numbers import FactBook
from diagnostics.symptoms.phrases import Match, PhraseBook
from diagnostics.symptoms.sentences import Sentence, sentences
from knowledge.facts import MessageFacts
from knowledge.language import Phrase, Vocabulary
from knowledge.model import Knowledge

_MOST = 0.97
_QUOTE = 240


@dataclass(frozen=True, slots=True)
class Symptom:
    """A rule that the person's words point to. `confidence` is the chance (0..1) that it is what they have."""

    rule: str
    confidence: float
    evidence: Evidence
    phrase: Phrase


class SymptomReader:
    """All phrases and number patterns of the knowledge, compiled once."""

    def __init__(self, knowledge: Knowledge) -> None:
        phrases = {rule.id: rule.phrases for rule in knowledge.rules.values()}
        self._phrases = PhraseBook(phrases, knowledge.vocabulary)
        self._facts = FactBook(knowledge.message_facts)
        self._vocabulary = knowledge.vocabulary

    def read(self, document: Document) -> tuple[Symptom, ...]:
        """Return what the document's prose points to, likeliest first."""
        return _read(document, self._phrases, self._vocabulary)

    def facts(self, document: Document) -> MessageFacts:
        """Return the numbers that the document's prose states."""
        return self._facts.read(document.text)[0]


def read_symptoms(
    prose: str, knowledge_phrases: Mapping[str, Sequence[Phrase]] | PhraseBook, vocabulary: Vocabulary
) -> tuple[Symptom, ...]:
    """Return what one message points to, likeliest first; for many messages hand in a compiled `PhraseBook`."""
    compiled = knowledge_phrases
    book = compiled if isinstance(compiled, PhraseBook) else PhraseBook(compiled, vocabulary)
    return _read(Document("message", Kind.PROSE, prose), book, vocabulary)


def _read(document: Document, book: PhraseBook, vocabulary: Vocabulary) -> tuple[Symptom, ...]:
    written = list(sentences(document.text, document.first_line))
    message = [book.read(sentence.text) for sentence in written]
    over = vocabulary.over if book.is_over(message) else 1.0
    said: dict[str, list[tuple[float, Match, Sentence]]] = defaultdict(list)
    for sentence, read in zip(written, message, strict=True):
        for match in book.matches(read, message):
            said[match.rule].append((match.phrase.confidence * match.factor * over, match, sentence))
    symptoms = []
    for rule, signs in said.items():
        best, match, sentence = max(signs, key=lambda sign: sign[0])
        confidence = _together(best, [sign for sign in signs if sign[1].phrase is not match.phrase], vocabulary.repeat)
        evidence = Evidence(document.name, sentence.line, _shorten(sentence.text))
        symptoms.append(Symptom(rule, round(confidence, 3), evidence, match.phrase))
    return tuple(sorted(symptoms, key=lambda symptom: (-symptom.confidence, symptom.rule)))


def _together(best: float, others: Sequence[tuple[float, Match, Sentence]], share: float) -> float:
    """Noisy-or of the best sign and a share of every other phrase, once each: people repeat themselves."""
    each: dict[int, float] = {}
    for confidence, match, _ in others:
        each[id(match.phrase)] = max(confidence, each.get(id(match.phrase), 0.0))
    wrong = 1 - best
    for confidence in each.values():
        wrong *= 1 - share * confidence
    return min(1 - wrong, _MOST)


def _shorten(text: str) -> str:
    return text if len(text) <= _QUOTE else text[: _QUOTE - 1] + "…"
