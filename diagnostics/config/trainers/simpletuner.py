"""What SimpleTuner's key map alone does not say: its second file, and numbers that mean "not set"."""

from __future__ import annotations

from diagnostics.bundle import Document
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.base import SURE
from diagnostics.config.trainers.table import TableTrainer, spelt
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Items, Leaf, Table, Tree

_BACKEND = ("dataset_type", "cache_dir_vae", "instance_data_dir", "caption_strategy", "text_embeds")
_LEAST_PIXELS = 64
"""Smaller numbers are megapixels (resolution_type area)."""
_MOST = 100


class SimpleTuner(TableTrainer):
    """SimpleTuner's config, and the list of datasets that `data_backend_config` names."""

    def recognises(self, tree: Tree) -> float:
        """A list of data backends is one too."""
        return SURE if _backends(tree) else super().recognises(tree)

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read either file."""
        if not _backends(tree):
            return super().read(document, tree)
        reader = Reader(document, tree, text_numbers=True)
        _read_backends(reader)
        check_format(reader)
        return reader.finish(self.id)

    def effective(self, reader: Reader, whole: bool) -> None:
        """Of steps and epochs the one that is not used is 0; alpha left out is the rank."""
        values = reader.values
        for name in ("steps", "epochs"):
            if name in values and values[name] <= 0:
                reader.forget(name)
        if values.get("resolution") and max(values["resolution"]) < _LEAST_PIXELS:
            reader.forget("resolution")
        if whole and values.get("rank"):
            reader.default("alpha", float(values["rank"]))
        if values.get("rank") and values.get("alpha") is not None:
            values["lora_scale"] = values["alpha"] / values["rank"]
        if whole and "steps" not in values:
            reader.default("epochs", 1.0)
        kind = reader.node(spelt(reader.tree, ("model_type",)))
        if whole and (kind is None or (isinstance(kind, Leaf) and kind.value == "full")):
            at = reader.key_offset(spelt(reader.tree, ("model_type" if kind else "model_family",)))
            reader.observe("whole-model", at, key="model_type", value="full" if kind else "not set")


def _backends(tree: Tree) -> list[tuple[int, Table]]:
    if tree.format is not Format.JSON or not isinstance(tree.root, Items):
        return []
    tables = [(i, each) for i, each in enumerate(tree.root.items[:_MOST]) if isinstance(each, Table)]
    return [(i, each) for i, each in tables if "id" in each.entries and any(key in each.entries for key in _BACKEND)]


def _read_backends(reader: Reader) -> None:
    paths: list[str] = []
    repeats: list[int] = []
    for index, each in _backends(reader.tree):
        folder, kind, off = (each.entries.get(key) for key in ("instance_data_dir", "dataset_type", "disabled"))
        if isinstance(kind, Leaf) and kind.value not in (None, "image", "video"):
            continue
        if not isinstance(folder, Leaf) or not isinstance(folder.value, str):
            continue
        if off is not None and convert(off, Type.BOOL):
            continue
        if not paths:
            reader.put("dataset_paths", (folder.value,), each.keys["instance_data_dir"], (index, "instance_data_dir"))
            size = each.entries.get("resolution")
            pixels = convert(size, Type.INTS) if size is not None else None
            if isinstance(pixels, tuple) and all(isinstance(n, int) and n >= _LEAST_PIXELS for n in pixels):
                reader.put("resolution", pixels, each.keys["resolution"], (index, "resolution"))
            strategy = each.entries.get("caption_strategy")
            if isinstance(strategy, Leaf) and strategy.value == "textfile":
                place = (index, "caption_strategy")
                reader.put("caption_extension", ".txt", each.keys["caption_strategy"], place)
        paths.append(folder.value)
        node = each.entries.get("repeats")
        count = convert(node, Type.INT) if node is not None else None
        # 0 means "use once" here (documentation/DATALOADER.md)
        repeats.append(count + 1 if isinstance(count, int) and count >= 0 else 1)
    if paths:
        reader.values["dataset_paths"], reader.values["repeats"] = tuple(paths), tuple(repeats)


READER = SimpleTuner
