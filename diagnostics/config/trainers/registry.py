"""All trainers, in one place: a new one is added here."""

from __future__ import annotations

from diagnostics.config.trainers.aitoolkit import AiToolkit
from diagnostics.config.trainers.base import Trainer
from diagnostics.config.trainers.sdscripts import KohyaGui, MusubiTuner, SdScripts
from diagnostics.config.trainers.tables import TABLE_TRAINERS
from diagnostics.config.tree import Tree

TRAINERS: tuple[Trainer, ...] = (AiToolkit(), SdScripts(), MusubiTuner(), KohyaGui(), *TABLE_TRAINERS)
"""Of trainers that are equally sure, the first wins."""


def choose(tree: Tree) -> Trainer | None:
    """Return the trainer whose config `tree` is; None where it is no training config."""
    sureness, _, trainer = max(
        ((trainer.recognises(tree), -index, trainer) for index, trainer in enumerate(TRAINERS)),
        key=lambda each: each[:2],
    )
    return trainer if sureness > 0 else None


def by_id(trainer_id: str, tree: Tree) -> Trainer | None:
    """Return the trainer called `trainer_id` that reads `tree`."""
    found = choose(tree)
    return found if found is not None and found.id == trainer_id else None
