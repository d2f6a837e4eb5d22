"""How well marks group what belongs together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from diagnostics.bundle import Document, Kind
from diagnostics.log import LogReader
from diagnostics.unknown import unknown_errors
from knowledge.patterns import SignatureSet
from tests.diagnostics.error_variants import variants


@dataclass(frozen=True)
class Grouping:
    """Groups made; of the pairs put together the share that belongs together, and of those the share put together."""

    errors: int
    variants: int
    groups: int
    precision: float
    recall: float


def marked(count: int, seed: int = 7) -> list[tuple[int, str]]:
    """Return (error, mark) of `count` variants of each error, read as whole logs by a reader that knows no rule."""
    reader = LogReader(SignatureSet(()))
    found = []
    for number, log in variants(count, seed):
        (error,) = unknown_errors([reader.read(Document("log.txt", Kind.LOG, log))])
        found.append((number, error.fingerprint))
    return found


def grouping(pairs: Iterable[tuple[int, str]]) -> Grouping:
    """Score a grouping by pairs."""
    listed = list(pairs)
    together = sum(comb(count, 2) for count in Counter(mark for _, mark in listed).values())
    belong = sum(comb(count, 2) for count in Counter(number for number, _ in listed).values())
    both = sum(comb(count, 2) for count in Counter(listed).values())
    numbers, marks = {number for number, _ in listed}, {mark for _, mark in listed}
    return Grouping(len(numbers), len(listed), len(marks), both / together, both / belong)
