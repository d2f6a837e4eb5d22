"""What OneTrainer's key map alone does not say (modules/util/config/TrainConfig.py, ConceptConfig.py)."""

from __future__ import annotations

from diagnostics.bundle import Document
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.base import LIKELY
from diagnostics.config.trainers.table import TableTrainer
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree

_CONCEPT = ("balancing", "loss_weight", "include_subdirectories", "image_variations", "text_variations")
_MOST = 100


class OneTrainer(TableTrainer):
    """OneTrainer's JSON: whole configs, partial presets, and lists of concepts."""

    def recognises(self, tree: Tree) -> float:
        """A list of concepts is one too."""
        return LIKELY if _is_concepts(tree) else super().recognises(tree)

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read a config, or only the folders of a list of concepts."""
        if not _is_concepts(tree):
            return super().read(document, tree)
        reader = Reader(document, tree, text_numbers=True)
        _concepts(reader, ())
        return reader.finish(self.id)

    def effective(self, reader: Reader, whole: bool) -> None:
        """Units of saving, the mode of the averaged weights, concepts that stand in the config itself."""
        values = reader.values
        _every(reader, "save_every", "save_every_unit", {"STEP": "save_every", "EPOCH": "save_every_epochs"})
        _every(reader, "save_after", "save_after_unit", {"STEP": "save_every", "EPOCH": "save_every_epochs"})
        _every(reader, "sample_after", "sample_after_unit", {"STEP": "sample_every"})
        if mode := reader.text("ema"):
            reader.put("ema", mode.upper() != "OFF", reader.key_offset(("ema",)), ("ema",))
        if reader.text("gradient_checkpointing") == "CPU_OFFLOADED":
            key = ("gradient_checkpointing",)
            reader.put("gradient_checkpointing", True, reader.key_offset(key), key)
        if whole:
            reader.default("gradient_checkpointing", True)
            reader.default("ema", False)
        if whole or "dataset_paths" in values:
            reader.default("caption_extension", ".txt")
        _concepts(reader, ("concepts",))
        if values.get("rank") and values.get("alpha") is not None:
            values["lora_scale"] = values["alpha"] / values["rank"]
        if (method := reader.text("training_method")) and method.upper() == "FINE_TUNE":
            reader.observe("whole-model", reader.key_offset(("training_method",)), key="training_method", value=method)


def _every(reader: Reader, key: str, unit: str, names: dict[str, str]) -> None:
    node, word = reader.node((key,)), reader.text(unit)
    count = convert(node, Type.INT) if node is not None else None
    name = names.get(word.upper()) if word else None
    if name and isinstance(count, int) and count > 0:
        reader.put(name, count, reader.key_offset((key,)), (key,))


def _is_concepts(tree: Tree) -> bool:
    if tree.format is not Format.JSON or not isinstance(tree.root, Items):
        return False
    tables = [each for each in tree.root.items[:_MOST] if isinstance(each, Table)]
    return any("path" in each.entries and any(key in each.entries for key in _CONCEPT) for each in tables)


def _concepts(reader: Reader, base: Path) -> None:
    listed = reader.tree.root if not base else reader.tree.get(base)
    paths: list[str] = []
    repeats: list[int] = []
    for index, each in enumerate(listed.items[:_MOST] if isinstance(listed, Items) else []):
        folder = each.entries.get("path") if isinstance(each, Table) else None
        if not isinstance(each, Table) or not isinstance(folder, Leaf) or not isinstance(folder.value, str):
            continue
        switch = each.entries.get("enabled")
        if switch is not None and convert(switch, Type.BOOL) is False:
            continue
        if not paths:
            reader.put("dataset_paths", (folder.value,), each.keys["path"], (*base, index, "path"))
        paths.append(folder.value)
        balancing = each.entries.get("balancing")
        count = convert(balancing, Type.FLOAT) if balancing is not None else None
        repeats.append(max(int(count), 1) if isinstance(count, float) else 1)
    if paths:
        reader.values["dataset_paths"], reader.values["repeats"] = tuple(paths), tuple(repeats)


READER = OneTrainer
