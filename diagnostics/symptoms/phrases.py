"""Phrases of all rules, compiled: which of them hold in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from diagnostics.symptoms.terms import Span, TermIndex
from diagnostics.symptoms.tokens import Tokens, tokenise
from knowledge.language import Phrase, Vocabulary

_GROUP = "@"


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: str
    phrase: Phrase
    words: tuple[int, ...]
    near: tuple[int, ...]
    also: tuple[int, ...]
    unless: tuple[int, ...]
    anywhere: tuple[int, ...]
    nowhere: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that holds in a sentence, and the factor (0..1) for how directly it is said."""

    rule: str
    phrase: Phrase
    factor: float


@dataclass(frozen=True)
class Read:
    """A sentence, looked through for every term."""

    tokens: Tokens
    found: Mapping[int, Sequence[Span]] = field(repr=False)

    def any(self, slots: Iterable[int]) -> bool:
        """Tell whether any of the slots occurs."""
        return any(slot in self.found for slot in slots)

    def spans(self, slots: Iterable[int]) -> list[Span]:
        """Return where the slots occur."""
        return [span for slot in slots for span in self.found.get(slot, ())]

    def gap(self, one: Span, other: Span) -> float:
        """Words between the two; 0 where they touch or overlap."""
        first, second = (one, other) if one.start <= other.start else (other, one)
        if second.start <= first.end - 1:
            return 0.0
        return self.tokens.at[second.start] - self.tokens.at[first.end - 1]


class PhraseBook:
    """Every phrase of every rule, compiled once against the vocabulary.

    Raises `ValueError` naming the rule where a phrase refers to a group that the vocabulary lacks.
    """

    def __init__(self, phrases: Mapping[str, Sequence[Phrase]], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._slots: dict[str, int] = {}
        self._terms: list[tuple[str, int]] = []
        self._by_slot: dict[int, list[_Compiled]] = defaultdict(list)
        for name, terms in vocabulary.groups.items():
            slot = self._slot(_GROUP + name)
            self._terms += [(term, slot) for term in terms]
        self._deny, self._deny_after, self._affirm, self._ask, self._mend, self._solved, self._still = (
            self._compile(terms)
            for terms in (
                vocabulary.deny,
                vocabulary.deny_after,
                vocabulary.affirm,
                vocabulary.ask,
                vocabulary.mend,
                vocabulary.solved,
                vocabulary.still,
            )
        )
        for rule, entries in phrases.items():
            for phrase in entries:
                try:
                    self._add(rule, phrase)
                except KeyError as error:
                    raise ValueError(f"{rule}: the vocabulary has no group {error.args[0]}") from error
        self._index = TermIndex(self._terms)

    def read(self, sentence: str) -> Read:
        """Look through one sentence."""
        tokens = tokenise(sentence)
        return Read(tokens, self._index.find(tokens))

    def is_over(self, message: Sequence[Read]) -> bool:
        """Tell whether the message says that its problem is solved."""
        solved = any(not self._denied(read, (span,)) for read in message for span in read.spans(self._solved))
        return solved and not any(read.any(self._still) for read in message)

    def matches(self, read: Read, message: Sequence[Read]) -> Iterator[Match]:
        """Yield the phrases that hold in `read`, a sentence of `message`."""
        seen: set[int] = set()
        for slot in read.found:
            for compiled in self._by_slot.get(slot, ()):
                if id(compiled) not in seen:
                    seen.add(id(compiled))
                    match = self._match(compiled, read, message)
                    if match is not None:
                        yield match

    def _slot(self, name: str) -> int:
        return self._slots.setdefault(name, len(self._slots))

    def _compile(self, terms: Iterable[str]) -> tuple[int, ...]:
        slots = []
        for term in terms:
            if term not in self._slots and not term.startswith(_GROUP):
                self._terms.append((term, self._slot(term)))
            slots.append(self._slots[term])
        return tuple(slots)

    def _add(self, rule: str, phrase: Phrase) -> None:
        compiled = _Compiled(
            rule,
            phrase,
            self._compile(phrase.words),
            self._compile(phrase.near),
            self._compile(phrase.also),
            self._compile(phrase.unless),
            self._compile(phrase.anywhere),
            self._compile(phrase.nowhere),
        )
        for slot in compiled.words:
            self._by_slot[slot].append(compiled)

    def _match(self, compiled: _Compiled, read: Read, message: Sequence[Read]) -> Match | None:
        if compiled.anywhere and not any(other.any(compiled.anywhere) for other in message):
            return None
        if compiled.nowhere and any(other.any(compiled.nowhere) for other in message):
            return None
        within = compiled.phrase.within
        for span in read.spans(compiled.words):
            used = [span]
            for slots in (compiled.near, compiled.also):
                if slots:
                    beside = _nearest(read, span, used, slots, within)
                    if beside is None:
                        break
                    used.append(beside)
            else:
                if not self._excluded(read, compiled, used) and not self._denied(read, used):
                    return Match(compiled.rule, compiled.phrase, self._directness(compiled.phrase, read, span))
        return None

    def _directness(self, phrase: Phrase, read: Read, span: Span) -> float:
        affirmed = read.spans(self._affirm)
        asks = [
            opening
            for opening in read.spans(self._ask)
            if opening.start < span.end and not any(opening.overlaps(other) for other in affirmed)
        ]
        if not asks or phrase.asked or read.any(self._mend):
            return 1.0
        return self._vocabulary.asked

    def _excluded(self, read: Read, compiled: _Compiled, used: Sequence[Span]) -> bool:
        """Tell whether a term of `unless` stands near; one that is denied ("no error") does not count."""
        return any(
            read.gap(one, other) <= compiled.phrase.within and not self._denied(read, (other,))
            for other in read.spans(compiled.unless)
            for one in used
        )

    def _denied(self, read: Read, used: Sequence[Span]) -> bool:
        """Tell whether a denial reaches one of the spans; what holds one itself ("no effect") is not denied again."""
        before, after = read.spans(self._deny), read.spans(self._deny_after)
        if any(deny.overlaps(one) for deny in (*before, *after) for one in used):
            return False
        affirmed = read.spans(self._affirm)
        before = [deny for deny in before if not any(deny.overlaps(row) for row in affirmed)]
        reach = self._vocabulary.deny_reach
        return any((deny.end <= one.start and read.gap(deny, one) <= reach) for deny in before for one in used) or any(
            (deny.start >= one.end and read.gap(one, deny) <= reach) for deny in after for one in used
        )


def _nearest(read: Read, span: Span, used: Sequence[Span], slots: Sequence[int], within: int) -> Span | None:
    free = [other for other in read.spans(slots) if not other.overlaps(span) and other not in used]
    nearest = min(free, key=lambda other: read.gap(span, other), default=None)
    return nearest if nearest is not None and read.gap(span, nearest) <= within else None
