"""A config that is one for training a LoRA, whoever reads it."""

from __future__ import annotations

from diagnostics.config.reader import UNKNOWN
from diagnostics.config.trainers.base import UNSURE
from diagnostics.config.trainers.table import COMMANDS, TableTrainer
from diagnostics.config.tree import Table, Tree
from knowledge.trainer import ConfigShape, Trainer


class Unknown(TableTrainer):
    """Reads what trainers commonly call their settings."""

    def __init__(self, entry: Trainer, shape: ConfigShape) -> None:
        super().__init__(entry, shape)
        self.id = UNKNOWN

    def recognises(self, tree: Tree) -> float:
        """A rate, and two more of what a training needs; commands are too varied to guess at."""
        if tree.format in COMMANDS or not isinstance(tree.root, Table):
            return 0.0
        found = {each.name for each in self.settings if any(tree.get(key) is not None for key in each.keys)}
        rated = "learning_rate" in found and len(found) >= self.shape.enough
        return UNSURE / 2 if rated and found & {"rank", "alpha", "steps", "epochs", "resolution"} else 0.0


READER = Unknown
