"""What diffusion-pipe's key map alone does not say (train.py, utils/dataset.py): its dataset file, what it refuses."""

from __future__ import annotations

from diagnostics.bundle import Document
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Setting, Type, convert
from diagnostics.config.trainers.base import SURE, Home
from diagnostics.config.trainers.table import TableTrainer
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree
from knowledge.entry import SettingValue

_SAVES = ("save_every_n_epochs", "save_every_n_steps", "save_every_n_examples")
_MOST_SIZES = 3
_MOST = 100


class DiffusionPipe(TableTrainer):
    """diffusion-pipe's two TOML files: the main one, and the dataset's."""

    def recognises(self, tree: Tree) -> float:
        """A list of directories is its dataset file."""
        return SURE if _directories(tree) else super().recognises(tree)

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read either file."""
        if not _directories(tree):
            return super().read(document, tree)
        reader = Reader(document, tree)
        _read_dataset(reader)
        check_format(reader)
        return reader.finish(self.id)

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """The dataset file holds nothing that a rule would change."""
        return None if _directories(tree) else super().home(tree, name, value)

    def written(self, tree: Tree) -> tuple[Setting, ...]:
        """Leave out what may be more than one number or switch: batch sizes by resolution, a kind of checkpointing."""
        odd = {("micro_batch_size_per_gpu",): Items, ("activation_checkpointing",): Leaf}
        return tuple(
            each
            for each in super().written(tree)
            if not any(
                isinstance(node := tree.get(key), kind) and (kind is Items or _is_word(node))
                for key, kind in odd.items()
                if key in each.keys
            )
        )

    def effective(self, reader: Reader, whole: bool) -> None:
        """Note what stops the script, or makes it train something else than a LoRA."""
        checkpointing = reader.text("activation_checkpointing")
        if checkpointing:
            key: Path = ("activation_checkpointing",)
            reader.put("gradient_checkpointing", True, reader.key_offset(key), key)
        if isinstance(reader.node(("micro_batch_size_per_gpu",)), Items):
            reader.forget("batch_size")
        if reader.node(("adapter", "alpha")) is not None:
            reader.observe("alpha-refused", reader.key_offset(("adapter", "alpha")))
        if whole and not any(reader.node((key,)) is not None for key in _SAVES):
            reader.observe("save-every-missing", reader.key_offset(("output_dir",)))
        if whole and reader.table(("adapter",)) is None:
            reader.observe("whole-model", reader.key_offset(("model", "type")), key="[adapter]", value="missing")
        if whole:
            reader.default("caption_extension", ".txt")


def _is_word(node: object) -> bool:
    return isinstance(node, Leaf) and isinstance(node.value, str)


def _directories(tree: Tree) -> list[Table]:
    if tree.format is not Format.TOML:
        return []
    listed = tree.get(("directory",))
    tables = [each for each in listed.items[:_MOST] if isinstance(each, Table)] if isinstance(listed, Items) else []
    return [each for each in tables if "path" in each.entries]


def _read_dataset(reader: Reader) -> None:
    paths: list[str] = []
    repeats: list[int] = []
    overall = reader.node(("num_repeats",))
    for index, each in enumerate(_directories(reader.tree)):
        folder = each.entries["path"]
        if not isinstance(folder, Leaf) or not isinstance(folder.value, str):
            continue
        if not paths:
            reader.put("dataset_paths", (folder.value,), each.keys["path"], ("directory", index, "path"))
        paths.append(folder.value)
        node = each.entries.get("num_repeats", overall)
        count = convert(node, Type.INT) if node is not None else None
        repeats.append(count if isinstance(count, int) else 1)
    reader.values["dataset_paths"], reader.values["repeats"] = tuple(paths), tuple(repeats)
    sizes = reader.node(("resolutions",))
    if sizes is not None:
        key: Path = ("resolutions",)
        reader.put("resolution", convert(sizes, Type.INTS), reader.key_offset(key), key)
        if isinstance(sizes, Items) and len(sizes.items) > _MOST_SIZES:
            reader.observe("too-many-resolutions", reader.key_offset(key), count=str(len(sizes.items)))
        elif isinstance(sizes, Items) and len(sizes.items) > 1:
            shown = ", ".join(str(size) for size in reader.values.get("resolution", ()))
            count = str(len(sizes.items))
            reader.observe("resolution-multiplies", reader.key_offset(key), count=count, sizes=shown)
    reader.default("caption_extension", ".txt")


READER = DiffusionPipe
