"""All trainers, from `knowledge/trainers/`: a new one is a file there, and a module here where it needs code.

The module of the trainer ``some-trainer`` is called ``sometrainer`` and names its reader `READER`; a trainer without
one is read by its key map alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from diagnostics.config.trainers import base
from diagnostics.config.trainers.table import TableTrainer
from diagnostics.config.tree import Tree
from knowledge import trainer as known
from knowledge.load import load_trainers


class Trainers:
    """The readers of all trainers that have configs."""

    def __init__(self, entries: Collection[known.Trainer]) -> None:
        self._readers: tuple[base.Trainer, ...] = tuple(
            _reader(entry)(entry, entry.config) for entry in entries if entry.config is not None
        )
        self._telling = _telling(entry.config.telling for entry in entries if entry.config is not None)

    def keys_in(self, text: str) -> frozenset[str]:
        """Return the keys at the starts of lines of `text` that hardly any file but a training config has."""
        return frozenset(match[1].lower() for match in self._telling.finditer(text))

    def choose(self, tree: Tree) -> base.Trainer | None:
        """Return the trainer whose config `tree` most surely is; None where it is no training config."""
        sureness, _, reader = max(
            ((reader.recognises(tree), -index, reader) for index, reader in enumerate(self._readers)),
            key=lambda each: each[:2],
            default=(0.0, 0, None),
        )
        return reader if sureness > 0 else None

    def by_id(self, trainer_id: str, tree: Tree) -> base.Trainer | None:
        """Return the trainer called `trainer_id` that reads `tree`."""
        found = self.choose(tree)
        return found if found is not None and found.id == trainer_id else None


@cache
def shipped() -> Trainers:
    """The trainers of the knowledge that ships with the program."""
    return Trainers(load_trainers())


@cache
def _module(name: str) -> type[base.Reads]:
    place = f"{__package__}.{name}"
    if not name.isalnum() or find_spec(place) is None:
        return TableTrainer
    found: type[base.Reads] = import_module(place).READER
    return found


def _telling(keys: Iterable[tuple[str, ...]]) -> re.Pattern[str]:
    listed = "|".join(re.escape(key) for each in keys for key in each)
    return re.compile(rf"(?im)^[ \t\r\xa0\-\"'{{]{{0,200}}({listed or '(?!)'})[\"']?[ \t]{{0,20}}[:=]")


def _reader(entry: known.Trainer) -> type[base.Reads]:
    return _module(entry.id.replace("-", ""))
