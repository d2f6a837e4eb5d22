"""Reads ai-toolkit's configs (fields and defaults: its toolkit/config_modules.py)."""

from __future__ import annotations

from diagnostics.bundle import Document
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, path_of, setting, settings_of
from diagnostics.config.trainers.aitoolkit import checks, keys
from diagnostics.config.trainers.base import LIKELY, SURE, UNSURE, Home
from diagnostics.config.trainers.words import precision
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree
from knowledge.entry import SettingValue
from knowledge.trainer import ConfigShape, Trainer

_PER_DATASET = {
    "resolution": "resolution",
    "caption_extension": "caption_ext",
    "cache_latents": "cache_latents_to_disk",
    "caption_dropout": "caption_dropout_rate",
}
_QTYPES = {"fp8": "qfloat8"}
"""Words of other trainers; int8, float8 and uint2 to uint8 ai-toolkit knows itself (toolkit/util/quantize.py)."""


class AiToolkit:
    """ai-toolkit's trainer processes."""

    def __init__(self, entry: Trainer, shape: ConfigShape) -> None:
        self.id, self._name = entry.id, entry.name
        self._settings = settings_of(shape)
        self._marks = tuple(path_of(mark) for mark in shape.marks)

    def recognises(self, tree: Tree) -> float:
        """A process of a training kind is sure; loose sections are told by the keys that only ai-toolkit has."""
        if tree.format in (Format.COMMAND, Format.ARGV, Format.TOML):
            return 0.0
        base = process_path(tree)
        process = tree.get(base)
        if not isinstance(process, Table):
            return 0.0
        sections = [name for name in keys.SECTIONS if isinstance(process.entries.get(name), Table | Items)]
        kind = process.entries.get("type")
        trains = isinstance(kind, Leaf) and kind.value in keys.TRAINING_TYPES
        if trains and (sections or base):
            return SURE
        if isinstance(kind, Leaf) and "train" not in sections:
            return 0.0  # generating, extracting, converting: ai-toolkit's other jobs
        if len(base) > 1 and len(sections) > 1:
            return SURE
        marks = sum(tree.get((*base, *mark)) is not None for mark in self._marks)
        if marks >= 2 or (marks and len(sections) > 1):
            return LIKELY
        return UNSURE if marks else 0.0

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read the first training process; defaults hold only in sections that can be seen."""
        base = process_path(tree)
        reader = Reader(document, tree, base)
        for section in ("", "network", "train", "model", "save", "sample"):
            mine = [each for each in self._settings if (each.keys[0][0] if len(each.keys[0]) > 1 else "") == section]
            reader.take(mine, defaults=bool(section and reader.table((section,))) and not tree.broken)
        self._job(reader)
        self._datasets(reader)
        self._effective(reader)
        checks.run(reader, self._name)
        return reader.finish(self.id)

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """Epochs have no home: ai-toolkit counts steps only. A printed process object is nobody's file."""
        base = process_path(tree)
        if tree.format is Format.JSON and not base:
            return None
        if name in _PER_DATASET:
            datasets = tree.get((*base, "datasets"))
            only = isinstance(datasets, Items) and len(datasets.items) == 1
            return Home((*base, "datasets", 0, _PER_DATASET[name]), value) if only else None
        if name == "arch":
            return Home((*base, "model", "arch"), value)
        each = next((each for each in self._settings if each.name == name), None)
        if each is None:
            return None
        if name == "gradient_accumulation" and tree.get((*base, "train", "gradient_accumulation_steps")) is not None:
            return Home((*base, "train", "gradient_accumulation_steps"), value)
        if name == "quantize_type":
            value = _QTYPES.get(str(value).lower(), value)
        written = next((key for key in each.keys if tree.get((*base, *key)) is not None), each.keys[-1])
        if name == "alpha":
            written = written if tree.get((*base, *written)) is not None else each.keys[0]
        return Home((*base, *written), value)

    def _job(self, reader: Reader) -> None:
        """Read what stands outside the process: the run's name, and old files' output folder."""
        for name, key in (("output_name", "name"), ("output_dir", "training_folder")):
            path: Path = ("config", key)
            node = reader.tree.get(path)
            if name not in reader.values and isinstance(node, Leaf) and node.value is not None:
                reader.values[name], reader.origins[name] = str(node.value), reader.evidence(node.start)
                reader.paths[name] = ".".join(str(step) for step in path)

    def _datasets(self, reader: Reader) -> None:
        datasets = reader.node(("datasets",))
        tables = [each for each in datasets.items if isinstance(each, Table)] if isinstance(datasets, Items) else []
        paths: list[str] = []
        repeats: list[int] = []
        sizes: list[int] = []
        for index, table in enumerate(tables[:100]):
            here = Reader(reader.document, reader.tree, (*reader.base, "datasets", index))
            here.observations = reader.observations
            here.take(
                (
                    setting("path", "folder_path dataset_path", Type.TEXT),
                    setting("repeats", "num_repeats", Type.INT),
                    setting("resolution", "resolution", Type.INTS),
                    setting("caption_extension", "caption_ext caption_type", Type.TEXT, "txt"),
                    setting("caption_dropout", "caption_dropout_rate", Type.FLOAT, 0.0),
                    setting("cache_latents", "cache_latents_to_disk cache_latents", Type.BOOL, False),
                    setting("trigger_word", "trigger_word", Type.TEXT),
                ),
                defaults=not reader.tree.broken,
            )
            folder = here.text("folder_path") or here.text("dataset_path")
            if folder is not None:
                paths.append(folder)
                key: Path = ("folder_path",) if "folder_path" in table.entries else ("dataset_path",)
                if not reader.values.get("dataset_paths"):
                    reader.put("dataset_paths", (folder,), here.key_offset(key), ("datasets", index, *key))
            repeat = here.node(("num_repeats",))
            value = repeat.value if isinstance(repeat, Leaf) else 1
            repeats.append(value if isinstance(value, int) and not isinstance(value, bool) else 1)
            sizes += here.values.get("resolution", (512,))
            for name in ("resolution", "caption_extension", "caption_dropout", "cache_latents", "trigger_word"):
                if name in reader.values or name not in here.values:
                    continue
                reader.values[name] = here.values[name]
                if name in here.origins:
                    reader.origins[name], reader.paths[name] = here.origins[name], here.paths[name]
                else:
                    reader.defaulted.add(name)
        if paths:
            reader.values["dataset_paths"] = tuple(paths)
        if tables:
            reader.values["repeats"] = tuple(repeats)
            reader.values["resolution"] = tuple(dict.fromkeys(sizes))
            if "resolution" not in reader.origins:
                reader.defaulted.add("resolution")

    def _effective(self, reader: Reader) -> None:
        """Turn what is written into what the trainer does with it."""
        values = reader.values
        if values.get("precision"):
            values["precision"] = precision(str(values["precision"]))
        if values.get("quantize_type"):
            values["quantize_type"] = str(values["quantize_type"]).split("|")[0]
        if not values.get("quantize"):
            values.pop("quantize_type", None)
            reader.defaulted.discard("quantize_type")
        self._arch(reader)
        legacy = reader.node(("train", "gradient_accumulation_steps"))
        if values.get("gradient_accumulation", 1) <= 1 and isinstance(legacy, Leaf) and isinstance(legacy.value, int):
            key = ("train", "gradient_accumulation_steps")
            reader.put("gradient_accumulation", max(int(legacy.value), 1), reader.key_offset(key), key)
        rate, optimizer = values.get("learning_rate"), str(values.get("optimizer", "")).lower()
        if rate is not None and rate < 0.1 and optimizer.startswith(keys.RESERVED_LR):
            values["learning_rate"] = 1.0
        if values.get("network_type") == "lokr" and reader.truth("network", "lokr_full_rank"):
            reader.forget("rank")
            reader.forget("alpha")
        rank, alpha = values.get("rank"), values.get("alpha")
        if rank and alpha is not None and values.get("transformer") is False:
            values["lora_scale"] = alpha / rank

    def _arch(self, reader: Reader) -> None:
        model = reader.table(("model",))
        if model is None:
            return
        node = reader.node(("model", "arch"))
        if isinstance(node, Leaf) and isinstance(node.value, str):
            arch = node.value.strip().split(":")[0]
            reader.put("arch", arch, reader.key_offset(("model", "arch")), ("model", "arch"))
        else:
            flagged = [(flag, arch) for flag, arch in keys.LEGACY_ARCHS if reader.truth("model", flag)]
            if flagged:
                flag, arch = flagged[0]
                reader.put("arch", arch, reader.key_offset(("model", flag)), ("model", flag))
            elif not reader.tree.broken:
                reader.default("arch", "sd1")
        if "arch" in reader.values:
            arch = reader.values["arch"]
            known = arch in keys.ARCHS or arch in keys.UNETS
            reader.values["transformer"] = arch not in keys.UNETS if known else None


def process_path(tree: Tree) -> Path:
    """Return where the first process that trains stands; ``()`` where the text is the process itself."""
    for path in (("config", "process"), ("process",)):
        listed = tree.get(path)
        if isinstance(listed, Items):
            training = [i for i, each in enumerate(listed.items) if isinstance(each, Table) and _trains(each)]
            return (*path, training[0] if training else 0)
    if isinstance(tree.root, Items) and tree.root.items and isinstance(tree.root.items[0], Table):
        return (0,)
    return ()


def _trains(process: Table) -> bool:
    kind = process.entries.get("type")
    return (isinstance(kind, Leaf) and kind.value in keys.TRAINING_TYPES) or "train" in process.entries
