"""One document to one config, whoever's trainer it is for."""

from __future__ import annotations

import re

from diagnostics.bundle import Document
from diagnostics.config.formats import parse
from diagnostics.config.formats.command import after_setup
from diagnostics.config.formats.parse import COMMAND_START
from diagnostics.config.model import TrainingConfig
from diagnostics.config.trainers.registry import Trainers, shipped

LONGEST = 512 * 1024
"""Characters; nobody writes a config of half a megabyte (ai-toolkit's longest example has 6 KB)."""
_SAMPLE = 65_536
_CONFIG_LINE = re.compile(
    r"\s*(?:#.*|//.*|---\s*|\[\[?[\w.\"' \-]{1,80}\]\]?|[{}\[\]],?|\],?|\},?"
    r"|(?:-\s+)?[\"']?[\w./\-]{1,80}[\"']?\s*(?::(?:\s.*)?|=.*)|-\s+\S.*|[\"'].*[\"'],?|[\d.\-]+,?)\s*$"
)
_TRAINING_WORD = re.compile(
    r"(?im)^[ \t\r\xa0\-\"'{]{0,200}"
    r"(?:learning_rate|lr|unet_lr|network_dim|network_alpha|network_module|lora_rank|lora_alpha|linear|rank"
    r"|linear_alpha|name_or_path|pretrained_model_name_or_path|folder_path|train_batch_size|batch_size|max_train_steps"
    r"|max_train_epochs|gradient_checkpointing|gradient_accumulation|gradient_accumulation_steps|noise_scheduler|optimizer"
    r"|optimizer_type|lr_scheduler|mixed_precision|save_every|sample_every|caption_ext|caption_extension|trigger_word|LoRA_type"
    r"|max_resolution|num_repeats|image_dir|image_directory|base_model_name|training_method|model_family|model_type"
    r"|micro_batch_size_per_gpu|instance_data_dir|dataset_type|caption_strategy|balancing|prompt_source|resolutions"
    r"|network|datasets|quantize|training_folder|no_half_vae|clip_skip|cache_latents)[\"']?\s*[:=]"
)
_SHARE = 0.7
_WORDS = 3


def looks_like_config(text: str, trainers: Trainers | None = None) -> bool:
    """Tell, from the beginning of `text`, whether it is a training config as a whole (not one inside other text)."""
    sample = text[:_SAMPLE]
    lines = [line[:300] for line in sample.split("\n")[:400] if line.strip()]
    if not lines:
        return False
    commands = [line for line in sample[after_setup(sample) :].split("\n") if line.strip() and line.lstrip()[0] != "#"]
    if commands and COMMAND_START.match(commands[0][:2_000]):
        return (
            len(lines) < 200
            and (trainers or shipped()).choose(parse(sample)) is not None
            and _all_options(commands[1:])
        )
    if sum(bool(_CONFIG_LINE.match(line)) for line in lines) < _SHARE * len(lines):
        return False
    words = {match.group().strip(" \t\n-\"'{:=").lower() for match in _TRAINING_WORD.finditer(sample)}
    return len(words) >= _WORDS or (trainers or shipped()).choose(parse(sample)) is not None


def _all_options(lines: list[str]) -> bool:
    return all(line.lstrip().startswith(("--", "^", "\\")) for line in lines)


def read_config(document: Document, trainers: Trainers | None = None) -> TrainingConfig | None:
    """Return the config in `document`; None where it is none. Never raises, whatever the text.

    `trainers` are those of the knowledge in use; by default those that ship.
    """
    if len(document.text) > LONGEST or not document.text.strip():
        return None
    tree = parse(document.text)
    trainer = (trainers or shipped()).choose(tree)
    return trainer.read(document, tree) if trainer else None
