"""The lines of all trainers' logs that say something, compiled into one index by the literals that give them away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, cached_property
from typing import Any

import re2

from knowledge.load import load_trainers
from knowledge.patterns import PatternSet, quiet_options
from knowledge.trainer import FactLine, Line, LogShape, Phases, Trainer, Value

_GIB = {"bytes": 1 / 2**30, "KiB": 1 / 2**20, "MiB": 1 / 2**10, "GiB": 1.0, "TiB": 1024.0, "MB": 1 / 2**10, "GB": 1.0}
_ARTEFACT = 1e6
"""GiB; Windows prints UINT64 -1 as 17179869184.00 GiB for memory it cannot tell."""
ALLOCATION = "out of memory. Tried"
"""Begins PyTorch's long message on memory, which terminals break into several lines."""
MEMORY_IN_USE = "memory in use"


class Means(Enum):
    """What a line says, in the order in which the readers take it."""

    FACT = auto()
    FOLDER = auto()
    COUNT = auto()
    CHECKPOINT = auto()
    SAMPLE = auto()
    FINISHED = auto()
    START = auto()
    PHASE = auto()


_PHASES = tuple(Phases.model_fields)


class KnownLine:
    """One kind of line. `what` is the fact or the phase that it tells."""

    def __init__(self, means: Means, line: Line | FactLine, what: str = "") -> None:
        self.means = means
        self.what = what
        self.rank = (means.value, _PHASES.index(what) if means is Means.PHASE else 0)
        self.triggers = line.trigger
        self.expression = line.expression
        self.last = isinstance(line, FactLine) and line.last
        self.value = _VALUES[line.value] if isinstance(line, FactLine) else _text

    @cached_property
    def _pattern(self) -> Any:
        # most logs come from one trainer: the patterns of the others are never compiled
        return re2.compile(self.expression, quiet_options())

    def search(self, text: str) -> Any:
        """Return the match in `text`, or None."""
        return self._pattern.search(text)


@dataclass(frozen=True, slots=True)
class Mark:
    """A literal by which a log speaks for a trainer."""

    text: str
    trainer: str
    own: bool
    """Whether only this trainer prints it."""
    in_refreshes: bool
    """Whether it stands in every refresh of the training, which are read anyway."""


class KnownLines:
    """Every line that says something, whichever trainer prints it; iterating gives each once."""

    def __init__(self, trainers: Iterable[Trainer]) -> None:
        named = [(each.reported_as or each.id, each.log) for each in trainers if each.log is not None]
        shapes = [shape for _, shape in named]
        self._lines = list({(k.means, k.what, k.expression): k for shape in shapes for k in _lines(shape)}.values())
        self.sample_bars = frozenset(name for shape in shapes for name in shape.sample_bars)
        self._by_trigger = _Triggered((trigger, line) for line in self._lines for trigger in line.triggers)
        self.marks = tuple(
            Mark(text, trainer, own, text in shape.in_refreshes)
            for trainer, shape in named
            for own, texts in ((True, shape.marks), (False, shape.shared_marks))
            for text in texts
        )
        self._marks = _Triggered((mark.text, mark) for mark in self.marks)

    def __iter__(self) -> Iterator[KnownLine]:
        return iter(self._lines)

    def lines(self, text: str) -> list[KnownLine]:
        """Return the lines that `text` may be, in the order of `Means`; their patterns are still to be searched for."""
        return sorted(self._by_trigger.of(text), key=lambda line: line.rank)

    def marks_in(self, text: str) -> list[Mark]:
        """Return the marks in `text`."""
        return self._marks.of(text)


@cache
def shipped() -> KnownLines:
    """The lines of the knowledge that ships with the program."""
    return KnownLines(load_trainers())


def gib(size: str) -> float | None:
    """Return an amount such as ``2.50 GiB`` in GiB; None for what Windows prints where it cannot tell."""
    number = size.rstrip("bytesKMGTiB").rstrip()
    value = float(number) * _GIB[size[len(number) :].strip()]
    return round(value, 2) if value < _ARTEFACT else None


def _text(text: str) -> str:
    return text.strip()


_VALUES: dict[Value, Callable[[str], object]] = {
    Value.SIZE: gib,
    Value.INT: int,
    Value.FLOAT: float,
    Value.TEXT: _text,
}


def _lines(shape: LogShape) -> Iterator[KnownLine]:
    for fact in shape.facts:
        yield KnownLine(Means.FACT, fact, fact.fact)
    for means, lines in (
        (Means.FOLDER, shape.folders),
        (Means.COUNT, shape.counts),
        (Means.CHECKPOINT, shape.checkpoints),
        (Means.SAMPLE, shape.samples),
        (Means.FINISHED, shape.finished),
        (Means.START, shape.starts),
    ):
        yield from (KnownLine(means, line) for line in lines)
    for phase, lines in shape.phases:
        yield from (KnownLine(Means.PHASE, line, phase) for line in lines)


class _Triggered:
    """Things by the literals that announce them; one look at a text finds all of them."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self._things: dict[str, list[Any]] = {}
        for literal, thing in pairs:
            self._things.setdefault(literal, []).append(thing)
        self._literals = tuple(self._things)
        self._set = PatternSet(re2.escape(literal) for literal in self._literals)

    def of(self, text: str) -> list[Any]:
        found = [thing for index in self._set.match(text) for thing in self._things[self._literals[index]]]
        return list(dict.fromkeys(found)) if len(found) > 1 else found
