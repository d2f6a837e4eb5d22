"""A trainer by its key map in `knowledge/trainers/`: what a trainer does beyond it stands in a module of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from diagnostics.bundle import Document
from diagnostics.config.formats.command import PROGRAM
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Setting, path_of, settings_of
from diagnostics.config.trainers.base import SURE, Home
from diagnostics.config.trainers.unknown_keys import note_keys
from diagnostics.config.trainers.words import is_transformer, precision
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree, leaves
from knowledge.entry import SettingValue
from knowledge.trainer import ConfigShape, Trainer

COMMANDS = frozenset({Format.COMMAND, Format.ARGV})
_MARK = 0.001
"""What each further mark adds to the sureness: of two trainers that could read a config, the one with more wins."""


class TableTrainer:
    """A trainer whose key map says nearly all of it. What it does besides is added by `effective`."""

    def __init__(self, entry: Trainer, shape: ConfigShape) -> None:
        self.id = entry.reported_as or entry.id
        self.shape = shape
        self.name = entry.name
        self._formats = frozenset(Format(each) for each in shape.formats)
        self._marks = tuple(path_of(mark) for mark in shape.marks)

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The key map."""
        return settings_of(self.shape)

    def recognises(self, tree: Tree) -> float:
        """Count the marks; a script's name is enough by itself."""
        if tree.format not in self._formats or not isinstance(tree.root, Table):
            return 0.0
        found = sum(tree.get(spelt(tree, mark)) is not None for mark in self._marks)
        named = tree.format in COMMANDS and any(part in script(tree) for part in self.shape.scripts)
        return SURE + _MARK * found if named or (self._marks and found >= self.shape.enough) else 0.0

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read what is written; defaults hold only where the whole config can be seen."""
        reader = Reader(document, tree, text_numbers=self.shape.numbers_as_text or tree.format in COMMANDS)
        whole = self.is_whole(tree)
        reader.take(self.written(tree), defaults=whole)
        self._dataset(reader)
        self._precision(reader, whole)
        name = f"{reader.values.get('model', '')} {reader.values.get('arch', '')}"
        reader.values["transformer"] = is_transformer(name)
        self.effective(reader, whole)
        check_format(reader)
        if not tree.broken:
            note_keys(reader, self.shape, self.name)
        return reader.finish(self.id)

    def is_whole(self, tree: Tree) -> bool:
        """Tell whether all of the config can be seen, so that what is not there was left at its default."""
        wanted = [path_of(key) for key in self.shape.whole]
        return bool(wanted) and not tree.broken and all(tree.get(spelt(tree, key)) is not None for key in wanted)

    def effective(self, reader: Reader, whole: bool) -> None:
        """Turn what is written into what the trainer does with it. `whole`: the defaults hold."""

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """Return where a setting stands; a new one goes beside others of its table."""
        if tree.format is Format.ARGV:
            return None
        if name == "quantize" and self.shape.quantized is not None and value is True:
            name, value = "quantize_type", self.shape.quantized.usual
        each = next((each for each in self.written(tree) if each.name == name), None)
        if each is None:
            return None
        for key in each.keys:
            if isinstance(tree.get(key), Leaf):
                return Home(key, value, as_text=self.shape.numbers_as_text)
        if any(tree.get(key) is not None for key in each.keys) or not self.shape.whole:
            return None
        places = [key for key in each.keys if isinstance(tree.get(key[:-1]), Table)]
        return Home(places[-1], value, as_text=self.shape.numbers_as_text) if places else None

    def written(self, tree: Tree) -> tuple[Setting, ...]:
        """Return the key map with its keys as this file spells them."""
        return tuple(replace(each, keys=tuple(spelt(tree, key) for key in each.keys)) for each in self.settings)

    def _dataset(self, reader: Reader) -> None:
        for path, leaf in leaves(reader.tree.root):
            if plain(path[-1:]) in {(key,) for key in self.shape.folders} and isinstance(leaf.value, str):
                reader.put("dataset_paths", (leaf.value,), leaf.start, path)
                return

    def _precision(self, reader: Reader, whole: bool) -> None:
        values, quantized = reader.values, self.shape.quantized
        if "precision" in values:
            values["precision"] = precision(values["precision"])
        if quantized is None:
            return
        word = values.get("quantize_type")
        if word is None:
            if whole:
                reader.default("quantize", False)
            return
        shrunk = word.lower() not in quantized.none
        reader.values["quantize"] = shrunk
        reader.origins["quantize"], reader.paths["quantize"] = (
            reader.origins["quantize_type"],
            reader.paths["quantize_type"],
        )
        if not shrunk:
            reader.forget("quantize_type")


def plain(path: Path) -> Path:
    """Return a path without what people may write differently: ``--lora-rank`` is ``lora_rank``."""
    return tuple(step.lstrip("-").replace("-", "_") if isinstance(step, str) else step for step in path)


def spelt(tree: Tree, key: Path) -> Path:
    """Return `key` as the file spells it; as it is where the file has none such."""
    if tree.get(key) is not None or len(key) > 1 or not isinstance(tree.root, Table):
        return key
    return next(((name,) for name in tree.root.entries if plain((name,)) == key), key)


def script(tree: Tree) -> str:
    """Return the script that a command runs, in small letters; empty where there is none."""
    program = tree.get((PROGRAM,))
    words = [leaf.value for leaf in program.items if isinstance(leaf, Leaf)] if isinstance(program, Items) else []
    return str(words[-1]).lower() if words else ""
