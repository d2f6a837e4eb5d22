"""The kohya_ss GUI's own JSON: the same settings under other names, numbers often as text, 0 for "not set"."""

from __future__ import annotations

from diagnostics.bundle import Document
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, setting, settings_of
from diagnostics.config.trainers.base import LIKELY, SURE, Home
from diagnostics.config.trainers.words import is_transformer, precision, words
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Leaf, Table, Tree
from knowledge.entry import SettingValue
from knowledge.trainer import ConfigShape, Trainer

_ZERO_IS_UNSET = words(
    """steps epochs save_every save_every_epochs save_keep sample_every blocks_to_swap rank learning_rate
    gradient_accumulation"""
)
_OVERRIDES = (("learning_rate", "unet_lr", Type.FLOAT), ("epochs", "max_train_epochs", Type.FLOAT))
"""Keys that win where they are neither empty nor zero."""


class KohyaGui:
    """The kohya_ss GUI's saved settings; reported as sd-scripts, which it starts."""

    def __init__(self, entry: Trainer, shape: ConfigShape) -> None:
        self.id = entry.reported_as or entry.id
        self._settings = settings_of(shape)
        self._marks = frozenset(shape.marks)
        self._enough = shape.enough

    def recognises(self, tree: Tree) -> float:
        """Tell by keys that belong together; ``LoRA_type`` alone nearly does."""
        if tree.format is not Format.JSON or not isinstance(tree.root, Table):
            return 0.0
        found = self._marks & tree.root.entries.keys()
        if "LoRA_type" in found and len(found) > 1:
            return SURE
        return LIKELY if len(found) >= self._enough and "model_family" not in tree.root.entries else 0.0

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read what is there; the GUI writes every setting, so there are no defaults to fill in."""
        reader = Reader(document, tree, text_numbers=True)
        reader.take(self._settings, defaults=False)
        for name, key, type_ in _OVERRIDES:
            if _is_set(tree, key):
                reader.take((setting(name, key, type_),), defaults=False)
        for name, value in list(reader.values.items()):
            if value == "" or (name in _ZERO_IS_UNSET and not value):
                reader.forget(name)
        self._effective(reader)
        check_format(reader)
        return reader.finish(self.id)

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """Text stays text: the GUI reads its numbers from strings."""
        each = next((each for each in self._settings if each.name == name), None)
        if each is None or (name in ("quantize", "full_half") and value is True):
            return None
        key = each.keys[-1][0]
        for other, override, _ in _OVERRIDES:
            if other == name and _is_set(tree, override):
                key = override
        if name == "resolution" and isinstance(value, int):
            value = f"{value},{value}"
        return Home((key,), value, as_text=True)

    def _effective(self, reader: Reader) -> None:
        values = reader.values
        if "precision" in values:
            values["precision"] = precision(values["precision"])
        if values.get("quantize"):
            values["quantize_type"] = "fp8"
        if "optimizer" not in values and reader.truth("use_8bit_adam"):
            reader.put("optimizer", "AdamW8bit", reader.key_offset(("use_8bit_adam",)), ("use_8bit_adam",))
        folder = reader.text("train_data_dir")
        if folder:
            reader.put("dataset_paths", (folder,), reader.key_offset(("train_data_dir",)), ("train_data_dir",))
        if reader.truth("sdxl"):
            values["arch"], values["transformer"] = "sdxl", False
        elif reader.truth("flux1_checkbox"):
            values["arch"], values["transformer"] = "flux", True
        elif values.get("model"):
            values["transformer"] = is_transformer(values["model"])
        if values.get("rank") and values.get("alpha") is not None:
            values["lora_scale"] = values["alpha"] / values["rank"]


def _is_set(tree: Tree, key: str) -> bool:
    node = tree.get((key,))
    return isinstance(node, Leaf) and str(node.value) not in ("", "0", "0.0", "None")


READER = KohyaGui
