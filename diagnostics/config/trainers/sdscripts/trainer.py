"""Reads what sd-scripts is started with (fields and defaults: its argument parsers)."""

from __future__ import annotations

import re
from dataclasses import replace

from diagnostics.bundle import Document
from diagnostics.config.formats.command import PROGRAM
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Setting, settings_of
from diagnostics.config.trainers.base import LIKELY, SURE, Home
from diagnostics.config.trainers.sdscripts import checks, dataset
from diagnostics.config.trainers.words import family, is_transformer, precision
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree
from knowledge.entry import SettingValue
from knowledge.trainer import ConfigShape, Trainer

_SCRIPT = re.compile(
    r"(?:^|[\\/])(?:\w+_)?(?:train_network|train_textual_inversion|sdxl_train|flux_train|sd3_train|train_db|fine_tune"
    r"|train_controlnet|train_leco|train_native)\w*(?:\.py)?$"
)
_MUSUBI = re.compile(
    r"musubi|(?:^|[\\/.])(?:hv|wan|fpack|flux_kontext|flux_2|qwen_image|zimage|hv_1_5|kandinsky5|ideogram|longcat)"
    r"_(?:train|cache)"
)
_OF_DATASETS = frozenset({"batch_size", "cache_latents", "resolution", "caption_extension", "caption_dropout"})
"""Settings that may stand in a dataset config instead."""


class SdScripts:
    """sd-scripts: command lines, config TOML, dataset TOML or JSON."""

    def __init__(self, entry: Trainer, shape: ConfigShape) -> None:
        self.id, self._name = entry.id, entry.name
        self._settings = settings_of(shape)
        self._marks = frozenset(shape.marks)
        self._enough = shape.enough

    def recognises(self, tree: Tree) -> float:
        """Tell by the script's name, or by keys that belong together."""
        if dataset.is_dataset_config(tree):
            return 0.0 if dataset.is_musubi(tree) else SURE
        if tree.format is Format.JSON or not isinstance(tree.root, Table):
            return 0.0
        if is_musubi(tree):
            return 0.0
        marks = len(self._marks & flat(tree).keys())
        if tree.format in (Format.COMMAND, Format.ARGV) and _SCRIPT.search(script(tree)):
            return SURE
        if {"network_module", "network_dim"} & flat(tree).keys() and marks >= self._enough:
            return SURE
        return LIKELY if marks >= self._enough and tree.format is not Format.YAML else 0.0

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read the options; defaults hold only where the whole of them can be seen."""
        text_only = tree.format in (Format.COMMAND, Format.ARGV)
        reader = Reader(document, tree, text_numbers=text_only)
        if dataset.is_dataset_config(tree):
            dataset.read(reader, musubi=dataset.is_musubi(tree))
            return reader.finish(self.id)
        keys = flat(tree)
        whole = "config_file" not in keys and not tree.broken and self.is_whole(tree)
        here = whole and not self.datasets_elsewhere(keys)
        for each in _resolved(self._settings, keys):
            reader.take((each,), defaults=here if each.name in _OF_DATASETS else whole)
        self._effective(reader, keys, whole)
        checks.run(reader, keys, known_script=bool(_SCRIPT.search(script(tree))), name=self._name)
        return reader.finish(self.id)

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """A printed argument list is nobody's file."""
        if tree.format is Format.ARGV:
            return None
        if dataset.is_dataset_config(tree):
            return dataset.home(tree, name, value)
        each = next((each for each in self._settings if each.name == name), None)
        if each is None or (name in ("quantize", "full_half") and value is True):
            return None
        keys = flat(tree)
        written = [keys[key[0]] for key in each.keys if key[0] in keys]
        if name == "resolution" and isinstance(value, int):
            value = f"{value},{value}"
        section = next((path[:-1] for key, path in keys.items() if key in self._marks), ())
        return Home(written[0] if written else (*section, each.keys[-1][0]), value)

    def is_whole(self, tree: Tree) -> bool:
        """Tell whether all options can be seen, so that those not there were left at their defaults."""
        keys = flat(tree)
        return "pretrained_model_name_or_path" in keys and bool(
            {"network_module", "train_data_dir", "dataset_config"} & keys.keys()
        )

    def datasets_elsewhere(self, keys: dict[str, Path]) -> bool:
        """Tell whether the settings of datasets stand in a file of their own."""
        return "dataset_config" in keys

    def _effective(self, reader: Reader, keys: dict[str, Path], whole: bool) -> None:
        values = reader.values
        if "epochs" in values:
            if "steps" in reader.origins:
                at = reader.key_offset(keys["max_train_steps"])
                reader.observe("epochs-win", at, epochs=f"{values['epochs']:g}", steps=str(values["steps"]))
            reader.forget("steps")
        if "precision" in values:
            values["precision"] = precision(values["precision"])
        if values.get("quantize"):
            values["quantize_type"] = "fp8"
        for flag, name, meaning in (
            ("network_train_unet_only", "train_text_encoder", False),
            ("network_train_text_encoder_only", "train_network", False),
        ):
            if flag in keys and reader.truth(*map(str, keys[flag])):
                reader.put(name, meaning, reader.key_offset(keys[flag]), keys[flag])
        if (
            "optimizer" not in reader.origins
            and "use_8bit_adam" in keys
            and reader.truth(*map(str, keys["use_8bit_adam"]))
        ):
            reader.put("optimizer", "AdamW8bit", reader.key_offset(keys["use_8bit_adam"]), keys["use_8bit_adam"])
        if "train_data_dir" in keys and (folder := reader.text(*map(str, keys["train_data_dir"]))):
            reader.put("dataset_paths", (folder,), reader.key_offset(keys["train_data_dir"]), keys["train_data_dir"])
        self.family(reader, whole)
        if values.get("rank") and values.get("alpha") is not None:
            values["lora_scale"] = values["alpha"] / values["rank"]

    def family(self, reader: Reader, whole: bool) -> None:
        """Set the model family, as the script and the network module name it."""
        name = script(reader.tree).lower() + " " + str(reader.values.get("network_type", "")).lower()
        arch = family(name)
        if arch:
            reader.values["arch"], reader.values["transformer"] = arch, arch != "sdxl"
        elif whole and _SCRIPT.search(script(reader.tree)):
            reader.values["arch"], reader.values["transformer"] = "sd1", False
        elif model := reader.values.get("model"):
            reader.values["transformer"] = is_transformer(model)


def is_musubi(tree: Tree) -> bool:
    keys = flat(tree)
    return bool(_MUSUBI.search(script(tree))) or (
        "dit" in keys and bool({"network_module", "network_dim", "dataset_config"} & keys.keys())
    )


def script(tree: Tree) -> str:
    """Return the script or module that a command runs; empty where there is none."""
    program = tree.get((PROGRAM,))
    words = [leaf.value for leaf in program.items if isinstance(leaf, Leaf)] if isinstance(program, Items) else []
    return str(words[-1]) if words else ""


def flat(tree: Tree) -> dict[str, Path]:
    """Return where each option stands. Sections of a config TOML mean nothing: sd-scripts flattens them."""
    found: dict[str, Path] = {}
    if isinstance(tree.root, Table):
        for key, node in tree.root.entries.items():
            if isinstance(node, Table):
                found |= {inner: (key, inner) for inner in node.entries}
            elif key != PROGRAM:
                found[key] = (key,)
    return found


def _resolved(settings: tuple[Setting, ...], keys: dict[str, Path]) -> tuple[Setting, ...]:
    return tuple(replace(each, keys=tuple(keys.get(str(key[0]), key) for key in each.keys)) for each in settings)
