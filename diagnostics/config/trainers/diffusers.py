"""What the diffusers scripts' key map alone does not say: their defaults differ from script to script."""

from __future__ import annotations

import re

from diagnostics.config.reader import Reader
from diagnostics.config.trainers.table import TableTrainer, script
from diagnostics.config.trainers.words import family
from diagnostics.config.tree import Tree

_DREAMBOOTH = re.compile(r"train_dreambooth_lora(?:_\w+)?\.py$")
_NO_ALPHA = frozenset({"sdxl", "sd3", "sd1"})
"""These scripts have no option for alpha: it is the rank."""
_SD1_RATE = 5e-4
"""Default rate of train_dreambooth_lora.py."""


class Diffusers(TableTrainer):
    """The example scripts, by their command line or the hparams.yml of their tracker."""

    def is_whole(self, tree: Tree) -> bool:
        """Only the DreamBooth scripts' defaults are known."""
        return super().is_whole(tree) and _DREAMBOOTH.search(script(tree)) is not None

    def effective(self, reader: Reader, whole: bool) -> None:
        """Put right what the script's own parser says otherwise."""
        values = reader.values
        name = script(reader.tree)
        arch = family(name) or ("sd1" if name.endswith("train_dreambooth_lora.py") else None)
        if arch:
            values["arch"], values["transformer"] = arch, arch not in ("sd1", "sdxl")
        if whole and arch in _NO_ALPHA and "alpha" in reader.defaulted:
            values["alpha"] = float(values["rank"])
        if whole and arch == "sd1" and "learning_rate" in reader.defaulted:
            values["learning_rate"] = _SD1_RATE
        if arch == "sdxl" and "resolution" in reader.defaulted:
            reader.forget("resolution")
        if "steps" in values and "epochs" in reader.defaulted:
            reader.forget("epochs")  # steps override the epochs
        if values.get("optimizer", "").lower() == "adamw" and reader.truth("use_8bit_adam"):
            key = ("use_8bit_adam",)
            reader.put("optimizer", "AdamW8bit", reader.key_offset(key), key)
        if values.get("rank") and values.get("alpha") is not None:
            values["lora_scale"] = values["alpha"] / values["rank"]


READER = Diffusers
