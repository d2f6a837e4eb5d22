"""Trainers that a key map alone is enough for, and a last one for configs whose trainer nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.bundle import Document
from diagnostics.config.formats.command import PROGRAM
from diagnostics.config.model import TrainingConfig
from diagnostics.config.reader import UNKNOWN, Reader
from diagnostics.config.settings import Setting, Type, setting
from diagnostics.config.trainers.base import LIKELY, SURE, UNSURE, Home
from diagnostics.config.trainers.words import is_transformer, precision
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree, leaves
from knowledge.entry import SettingValue


@dataclass(frozen=True)
class TableTrainer:
    """A trainer by its key map. `marks` are paths of which `enough` together give it away; `scripts` parts of names."""

    id: str
    formats: frozenset[Format]
    settings: tuple[Setting, ...]
    marks: tuple[Path, ...]
    enough: int
    scripts: tuple[str, ...] = ()
    text_numbers: bool = False
    sureness: float = SURE

    def recognises(self, tree: Tree) -> float:
        """Count the marks; a script's name is enough by itself."""
        if tree.format not in self.formats:
            return 0.0
        if self.scripts and any(part in _script(tree) for part in self.scripts):
            return SURE
        found = sum(tree.get(mark) is not None or tree.get(_dashed(mark)) is not None for mark in self.marks)
        return self.sureness if found >= self.enough else 0.0

    def read(self, document: Document, tree: Tree) -> TrainingConfig:
        """Read what is written; no defaults, as these are read for their obvious fields only."""
        text_only = self.text_numbers or tree.format in (Format.COMMAND, Format.ARGV)
        reader = Reader(document, tree, text_numbers=text_only)
        reader.take(self._written(tree), defaults=False)
        if "precision" in reader.values:
            reader.values["precision"] = precision(reader.values["precision"])
        folder = next(
            (leaf for path, leaf in leaves(tree.root) if path[-1:] in _FOLDERS and isinstance(leaf.value, str)), None
        )
        if folder is not None:
            reader.put("dataset_paths", (str(folder.value),), folder.start, ("dataset",))
        name = f"{reader.values.get('model', '')} {reader.values.get('arch', '')}"
        reader.values["transformer"] = is_transformer(name)
        check_format(reader)
        return reader.finish(self.id)

    def home(self, tree: Tree, name: str, value: SettingValue) -> Home | None:
        """Only what is written can be changed: where else it might go is not known well enough."""
        if tree.format is Format.ARGV:
            return None
        for each in self._written(tree):
            for key in each.keys:
                if each.name == name and isinstance(tree.get(key), Leaf):
                    return Home(key, value, as_text=self.text_numbers)
        return None

    def _written(self, tree: Tree) -> tuple[Setting, ...]:
        """Return the settings with their keys as this file spells them: SimpleTuner allows leading dashes."""
        return tuple(
            Setting(
                each.name, tuple(key if tree.get(key) is not None else _dashed(key) for key in each.keys), each.type
            )
            for each in self.settings
        )


_FOLDERS = (("instance_data_dir",), ("dataset",), ("concept_file_name",), ("dataset_base_path",), ("train_data_dir",))
_COMMANDS = frozenset({Format.COMMAND, Format.ARGV})


def _dashed(path: Path) -> Path:
    return (*path[:-1], f"--{path[-1]}")


def _script(tree: Tree) -> str:
    program = tree.get((PROGRAM,))
    words = [leaf.value for leaf in program.items if isinstance(leaf, Leaf)] if isinstance(program, Items) else []
    return str(words[-1]).lower() if words else ""


def _paths(names: str) -> tuple[Path, ...]:
    return tuple(tuple(name.split(".")) for name in names.split())


ONETRAINER = TableTrainer(
    "onetrainer",
    frozenset({Format.JSON}),
    (
        setting("model", "base_model_name", Type.TEXT),
        setting("arch", "model_type", Type.TEXT),
        setting("rank", "lora_rank", Type.INT),
        setting("alpha", "lora_alpha", Type.FLOAT),
        setting("learning_rate", "transformer.learning_rate unet.learning_rate learning_rate", Type.FLOAT),
        setting("lr_scheduler", "learning_rate_scheduler", Type.TEXT),
        setting("warmup_steps", "learning_rate_warmup_steps", Type.FLOAT),
        setting("epochs", "epochs", Type.FLOAT),
        setting("batch_size", "batch_size", Type.INT),
        setting("gradient_accumulation", "gradient_accumulation_steps", Type.INT),
        setting("optimizer", "optimizer.optimizer", Type.TEXT),
        setting("precision", "train_dtype", Type.TEXT),
        setting("resolution", "resolution", Type.INTS),
        setting("cache_latents", "latent_caching", Type.BOOL),
        setting("max_grad_norm", "clip_grad_norm", Type.FLOAT),
        setting("output_dir", "output_model_destination", Type.TEXT),
    ),
    _paths("training_method base_model_name __version concept_file_name learning_rate_scheduler"),
    2,
    text_numbers=True,
)
DIFFUSION_PIPE = TableTrainer(
    "diffusion-pipe",
    frozenset({Format.TOML}),
    (
        setting(
            "model", "model.diffusers_path model.ckpt_path model.transformer_path model.checkpoint_path", Type.TEXT
        ),
        setting("arch", "model.type", Type.TEXT),
        setting("network_type", "adapter.type", Type.TEXT),
        setting("rank", "adapter.rank", Type.INT),
        setting("learning_rate", "optimizer.lr", Type.FLOAT),
        setting("optimizer", "optimizer.type", Type.TEXT),
        setting("lr_scheduler", "lr_scheduler", Type.TEXT),
        setting("warmup_steps", "warmup_steps", Type.FLOAT),
        setting("epochs", "epochs", Type.FLOAT),
        setting("steps", "max_steps", Type.INT),
        setting("batch_size", "micro_batch_size_per_gpu", Type.INT),
        setting("gradient_accumulation", "gradient_accumulation_steps", Type.INT),
        setting("gradient_checkpointing", "activation_checkpointing", Type.BOOL),
        setting("max_grad_norm", "gradient_clipping", Type.FLOAT),
        setting("blocks_to_swap", "blocks_to_swap", Type.INT),
        setting("precision", "model.dtype", Type.TEXT),
        setting("quantize_type", "model.transformer_dtype", Type.TEXT),
        setting("save_every", "save_every_n_steps", Type.INT),
        setting("save_every_epochs", "save_every_n_epochs", Type.INT),
        setting("output_dir", "output_dir", Type.TEXT),
    ),
    _paths("model.type adapter.rank adapter.type optimizer.lr optimizer.type micro_batch_size_per_gpu pipeline_stages"),
    2,
)
SIMPLETUNER = TableTrainer(
    "simpletuner",
    frozenset({Format.JSON, Format.TOML}) | _COMMANDS,
    (
        setting("model", "pretrained_model_name_or_path", Type.TEXT),
        setting("arch", "model_family", Type.TEXT),
        setting("network_type", "lora_type", Type.TEXT),
        setting("rank", "lora_rank", Type.INT),
        setting("alpha", "lora_alpha", Type.FLOAT),
        setting("learning_rate", "learning_rate", Type.FLOAT),
        setting("lr_scheduler", "lr_scheduler", Type.TEXT),
        setting("warmup_steps", "lr_warmup_steps", Type.FLOAT),
        setting("steps", "max_train_steps", Type.INT),
        setting("epochs", "num_train_epochs", Type.FLOAT),
        setting("batch_size", "train_batch_size", Type.INT),
        setting("gradient_accumulation", "gradient_accumulation_steps", Type.INT),
        setting("gradient_checkpointing", "gradient_checkpointing", Type.BOOL),
        setting("optimizer", "optimizer", Type.TEXT),
        setting("precision", "mixed_precision", Type.TEXT),
        setting("quantize_type", "base_model_precision", Type.TEXT),
        setting("max_grad_norm", "max_grad_norm", Type.FLOAT),
        setting("ema", "use_ema", Type.BOOL),
        setting("resolution", "resolution", Type.INTS),
        setting("caption_dropout", "caption_dropout_probability", Type.FLOAT),
        setting("save_every", "checkpoint_step_interval checkpointing_steps", Type.INT),
        setting("output_dir", "output_dir", Type.TEXT),
    ),
    _paths("model_family data_backend_config base_model_precision lora_type model_flavour model_type"),
    2,
    text_numbers=True,
)
DIFFUSERS = TableTrainer(
    "diffusers",
    _COMMANDS,
    (
        setting("model", "pretrained_model_name_or_path", Type.TEXT),
        setting("rank", "rank", Type.INT),
        setting("alpha", "lora_alpha", Type.FLOAT),
        setting("learning_rate", "learning_rate", Type.FLOAT),
        setting("lr_scheduler", "lr_scheduler", Type.TEXT),
        setting("warmup_steps", "lr_warmup_steps", Type.FLOAT),
        setting("steps", "max_train_steps", Type.INT),
        setting("epochs", "num_train_epochs", Type.FLOAT),
        setting("batch_size", "train_batch_size", Type.INT),
        setting("gradient_accumulation", "gradient_accumulation_steps", Type.INT),
        setting("gradient_checkpointing", "gradient_checkpointing", Type.BOOL),
        setting("optimizer", "optimizer", Type.TEXT),
        setting("precision", "mixed_precision", Type.TEXT),
        setting("resolution", "resolution", Type.INTS),
        setting("max_grad_norm", "max_grad_norm", Type.FLOAT),
        setting("save_every", "checkpointing_steps", Type.INT),
        setting("output_dir", "output_dir", Type.TEXT),
    ),
    _paths("instance_data_dir instance_prompt validation_prompt train_batch_size"),
    2,
    scripts=("train_dreambooth", "train_text_to_image"),
)
_LOOSE = (
    setting(
        "model", "base_model model.name model_name model_path pretrained_model_name_or_path name_or_path", Type.TEXT
    ),
    setting("arch", "model_type arch", Type.TEXT),
    setting("rank", "lora_rank rank network.dim network.rank lora.rank lora.r network_dim linear", Type.INT),
    setting("alpha", "lora_alpha alpha network.alpha lora.alpha network_alpha linear_alpha", Type.FLOAT),
    setting(
        "learning_rate",
        "learning_rate lr training.learning_rate training.lr train.learning_rate train.lr optimizer.lr",
        Type.FLOAT,
    ),
    setting("optimizer", "optimizer optimizer.type training.optimizer", Type.TEXT),
    setting("lr_scheduler", "lr_scheduler training.lr_scheduler train.lr_scheduler", Type.TEXT),
    setting("warmup_steps", "warmup_steps lr_warmup_steps warmup_updates", Type.FLOAT),
    setting("batch_size", "batch_size train_batch_size training.batch_size train.batch_size", Type.INT),
    setting(
        "gradient_accumulation",
        "gradient_accumulation_steps gradient_accumulation grad_accum_steps training.gradient_accumulation_steps",
        Type.INT,
    ),
    setting("gradient_checkpointing", "gradient_checkpointing training.gradient_checkpointing", Type.BOOL),
    setting(
        "steps",
        "max_train_steps max_steps steps updates train_steps num_train_steps training.steps train.steps",
        Type.INT,
    ),
    setting("epochs", "epochs num_epochs num_train_epochs max_train_epochs training.epochs train.epochs", Type.FLOAT),
    setting("precision", "mixed_precision dtype precision training.mixed_precision train.dtype", Type.TEXT),
    setting("quantize", "quantize model.quantize", Type.BOOL),
    setting("resolution", "resolution image_size training.resolution", Type.INTS),
    setting("save_every", "save_every save_every_n_steps save_steps checkpointing_steps", Type.INT),
    setting("trigger_word", "trigger_word", Type.TEXT),
)


class Loose(TableTrainer):
    """A config that is one for training a LoRA, whoever reads it."""

    def recognises(self, tree: Tree) -> float:
        """A rate, and two more of what a training needs; commands are too varied to guess at."""
        if tree.format in _COMMANDS or not isinstance(tree.root, Table):
            return 0.0
        found = {each.name for each in self.settings if any(tree.get(key) is not None for key in each.keys)}
        rated = "learning_rate" in found and len(found) >= self.enough
        return UNSURE / 2 if rated and found & {"rank", "alpha", "steps", "epochs", "resolution"} else 0.0


LOOSE = Loose(
    UNKNOWN, frozenset({Format.YAML, Format.JSON, Format.TOML}), _LOOSE, (), 3, text_numbers=True, sureness=LIKELY
)
TABLE_TRAINERS = (ONETRAINER, DIFFUSION_PIPE, SIMPLETUNER, DIFFUSERS, LOOSE)
