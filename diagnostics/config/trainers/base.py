"""What a trainer's module provides: that is all the rest of the program knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from diagnostics.bundle import Document
from diagnostics.config.model import TrainingConfig
from diagnostics.config.tree import Path, Tree
from knowledge import trainer as known
from knowledge.entry import SettingValue

SURE = 0.9
LIKELY = 0.6
UNSURE = 0.3


@dataclass(frozen=True, slots=True)
class Home:
    """Where a setting lives in one file: the place to change, or to add, and the value in the trainer's own words.

    `path` starts at the root of the tree.
    """

    path: Path
    value: SettingValue
    as_text: bool = False
    """A number that stands there in quotes stays in quotes."""


class Trainer(Protocol):
    """Reads the configs of one trainer."""

    @property
    def id(self) -> str:
        """The trainer's id in the report."""

    def recognises(self, tree: Tree) -> float:
        """Return how surely `tree` is a config of this trainer, 0..1."""

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Return what the config says. Never raises."""

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """Return where the setting `name` is to be written to make it `value`; None where the trainer has none such."""


class Reads(Trainer, Protocol):
    """A `Trainer` as its module provides it: made from what is known of it."""

    def __init__(self, entry: known.Trainer, shape: known.ConfigShape) -> None: ...
