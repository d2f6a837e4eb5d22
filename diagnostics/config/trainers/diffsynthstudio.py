"""What DiffSynth-Studio's key map alone does not say (diffsynth/diffusion/parsers.py and runner.py)."""

from __future__ import annotations

import re

from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.table import TableTrainer
from diagnostics.config.trainers.words import is_transformer
from diagnostics.config.tree import Leaf

_REPOSITORY = re.compile(r"[\w.\-]{1,100}/[\w.\-]{1,100}(?=:)")
_LOGS = ("enable_tensorboard_log", "enable_csv_log", "enable_wandb_log", "enable_swanlab_log")


class DiffSynth(TableTrainer):
    """The training scripts' command line, or the training_args.json that they write."""

    def effective(self, reader: Reader, whole: bool) -> None:
        """One image a step, alpha as large as the rank, no loss unless a log is switched on."""
        values = reader.values
        if found := _REPOSITORY.search(str(values.get("model", ""))[:2_000]):
            values["model"] = found.group()
        values["transformer"] = is_transformer(str(values.get("model", "")))
        if whole:
            reader.default("batch_size", 1)
            reader.default("optimizer", "AdamW")
            reader.default("lr_scheduler", "constant")
            if values.get("rank"):
                reader.default("alpha", float(values["rank"]))
        self._images(reader)
        shrunk = reader.node(("fp8_models",))
        if isinstance(shrunk, Leaf) and shrunk.value:
            reader.put("quantize", True, reader.key_offset(("fp8_models",)), ("fp8_models",))
            values["quantize_type"] = "fp8"
        if whole and not any(reader.truth(key) for key in _LOGS):
            reader.observe("no-loss-logged", reader.key_offset(("dataset_base_path",)))

    def _images(self, reader: Reader) -> None:
        repeat = reader.node(("dataset_repeat",))
        count = convert(repeat, Type.INT) if repeat is not None else None
        if isinstance(count, int):
            reader.put("repeats", (count,), reader.key_offset(("dataset_repeat",)), ("dataset_repeat",))
        sides = [(key, node) for key in ("width", "height") if (node := reader.node((key,))) is not None]
        sizes = tuple(size for _, node in sides if isinstance(size := convert(node, Type.INT), int))
        if sizes:
            reader.put("resolution", sizes, reader.key_offset((sides[0][0],)), (sides[0][0],))


READER = DiffSynth
