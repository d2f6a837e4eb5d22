"""musubi-tuner: the style of sd-scripts' options, other models, the datasets always in a file of their own."""

from __future__ import annotations

from diagnostics.config.reader import Reader
from diagnostics.config.trainers.base import SURE
from diagnostics.config.trainers.sdscripts import dataset
from diagnostics.config.trainers.sdscripts.trainer import SdScripts, flat, is_musubi
from diagnostics.config.tree import Format, Path, Table, Tree


class MusubiTuner(SdScripts):
    """musubi-tuner: command lines, config TOML, dataset TOML or JSON."""

    def recognises(self, tree: Tree) -> float:
        """Tell by ``--dit``, the script's name, or the folders of its dataset config."""
        if dataset.is_dataset_config(tree):
            return SURE if dataset.is_musubi(tree) else 0.0
        if tree.format is Format.JSON or not isinstance(tree.root, Table) or not is_musubi(tree):
            return 0.0
        return SURE if flat(tree) else 0.0

    def is_whole(self, tree: Tree) -> bool:
        """A training names its model and the network; the caching commands have no defaults worth telling."""
        return "dit" in flat(tree) and "network_module" in flat(tree)

    def datasets_elsewhere(self, keys: dict[str, Path]) -> bool:
        """They always do."""
        return bool(keys)

    def family(self, reader: Reader, whole: bool) -> None:
        """All its models are transformers."""
        super().family(reader, whole)
        reader.values["transformer"] = True


READER = MusubiTuner
