"""Pictures, repeats, batch size and epochs to steps: what the trainers do with these numbers.

Sources: sd-scripts library/train_util.py and train_network.py (repeats in folder names, steps = epochs x batches /
accumulation); ai-toolkit toolkit/data_loader.py and the other trainers' dataset files (repeats in the config alone).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from diagnostics.dataset.members import repeats_of
from knowledge.facts import ConfigFacts

_BY_FOLDER = frozenset({None, "sd-scripts", "kohya-gui"})
"""Trainers that read repeats out of folder names; where none is known, the names are believed."""

_BY_RESOLUTION = frozenset({"ai-toolkit", "diffusion-pipe"})
"""Trainers that show every picture once for each resolution of the config."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What an epoch and the run come to. Steps are optimizer steps."""

    weighted: int
    """Pictures times repeats."""
    per_epoch: int | None
    total: int | None
    epochs: float | None


def repeats_for(folders: Sequence[str], config: ConfigFacts, trainer: str | None) -> dict[str, int] | None:
    """Return the repeats that the trainer gives each folder; None where the config's cannot be told apart."""
    own = config.repeats
    if own and len(set(own)) == 1:
        return dict.fromkeys(folders, own[0])
    if own:
        if len(own) != len(config.dataset_paths):
            return None
        names = [PurePosixPath(path.replace("\\", "/")).name for path in config.dataset_paths]
        by_name = dict(zip(names, own, strict=True))
        return {folder: by_name[folder] for folder in folders} if set(folders) <= set(by_name) else None
    if trainer in _BY_FOLDER:
        return {folder: repeats_of(folder) or 1 for folder in folders}
    return dict.fromkeys(folders, 1)


def count_steps(images: Counter[str], config: ConfigFacts, trainer: str | None) -> Steps | None:
    """Return the steps for `images` (pictures in each folder); None where the repeats are not known."""
    repeats = repeats_for(list(images), config, trainer)
    if repeats is None or not images:
        return None
    times = len(config.resolution) or 1 if trainer in _BY_RESOLUTION else 1
    weighted = times * sum(count * repeats[folder] for folder, count in images.items())
    if config.batch_size is None or config.batch_size < 1:
        return Steps(weighted, None, None, None)
    batches = math.ceil(weighted / config.batch_size)
    per_epoch = max(1, math.ceil(batches / max(1, config.gradient_accumulation or 1)))
    total = round(config.epochs * per_epoch) if config.epochs and "epochs" not in config.defaulted else None
    epochs = round(config.steps / per_epoch, 1) if config.steps and "steps" not in config.defaulted else None
    return Steps(weighted, per_epoch, total, epochs)
