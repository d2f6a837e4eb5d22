"""All terms of all phrases in one trie of words: finding them costs one pass, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from diagnostics.symptoms.tokens import Tokens, is_cjk, normalise, words_of

_SHORTEST_STEM = 2
_LONGEST_STEM = 24


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` (included) to `end` (excluded)."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a token."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Mixed:
    """A term of several words of which at least one is a stem."""

    pieces: tuple[tuple[str, bool], ...]
    slot: int

    def matches(self, words: Sequence[str], start: int) -> bool:
        """Tell whether the term stands at `start`."""
        return len(words) - start >= len(self.pieces) and all(
            word.startswith(piece) if stem else word == piece
            for (piece, stem), word in zip(self.pieces, words[start : start + len(self.pieces)], strict=True)
        )


class TermIndex:
    """Maps terms to slots (small integers that the caller hands out) and finds all of them in a text.

    A term is a word, a stem (``wax*``) or several of them in a row; one without a word, or a lone stem of a single
    letter, raises `ValueError`.
    """

    def __init__(self, terms: Sequence[tuple[str, int]]) -> None:
        self._exact: dict[str, list[int]] = {}
        self._longest: dict[str, int] = {}
        self._stems: dict[str, list[int]] = {}
        self._mixed: dict[str, list[_Mixed]] = {}
        # One normalisation for all terms: a call each would take most of the time that loading takes.
        normal = normalise("\n".join(" ".join(term.split()) for term, _ in terms)).split("\n")
        for (term, slot), plain in zip(terms, normal, strict=True):
            self._add(term, plain, slot)

    def find(self, tokens: Tokens) -> dict[int, list[Span]]:
        """Return where each slot occurs, in order of the text."""
        found: dict[int, list[Span]] = defaultdict(list)
        words = tokens.words
        for start, word in enumerate(words):
            key = ""
            for end in range(start + 1, min(start + self._longest.get(word, 0), len(words)) + 1):
                key = f"{key} {words[end - 1]}" if key else word
                for slot in self._exact.get(key, ()):
                    found[slot].append(Span(start, end))
            for length in range(1, min(len(word), _LONGEST_STEM) + 1):
                stem = word[:length]
                for slot in self._stems.get(stem, ()):
                    found[slot].append(Span(start, start + 1))
                for term in self._mixed.get(stem, ()):
                    if term.matches(words, start):
                        found[term.slot].append(Span(start, start + len(term.pieces)))
        return found

    def _add(self, term: str, plain: str, slot: int) -> None:
        if "*" not in plain:
            # Most terms are plain words already: not splitting them halves the time that loading takes.
            key = plain if plain.isascii() and plain.replace(" ", "").isalnum() else " ".join(words_of(plain))
            if not key:
                raise ValueError(f"the term {term!r} holds no word")
            self._put(key, slot)
            return
        pieces = [piece for part in plain.split() for piece in _pieces(part)]
        if not pieces:
            raise ValueError(f"the term {term!r} holds no word")
        first = pieces[0][0]
        if len(pieces) > 1:
            self._mixed.setdefault(first, []).append(_Mixed(tuple(pieces), slot))
        elif not pieces[0][1]:
            self._put(first, slot)
        elif len(first) < _SHORTEST_STEM:
            raise ValueError(f"the stem {term!r} is too short")
        else:
            self._stems.setdefault(first, []).append(slot)

    def _put(self, key: str, slot: int) -> None:
        slots = self._exact.get(key)
        if slots is None:
            self._exact[key] = [slot]
        else:
            slots.append(slot)
        first, length = key.partition(" ")[0], key.count(" ") + 1
        if self._longest.get(first, 0) < length:
            self._longest[first] = length


def _pieces(part: str) -> list[tuple[str, bool]]:
    """Return the words of one blank-separated part, each with whether it is a stem."""
    stem = part.endswith("*")
    words = words_of(part)
    return [(word, stem and number == len(words) and not is_cjk(word)) for number, word in enumerate(words, 1)]
