"""The header of a LoRA file to facts: who trained it, on what, for how long.

Sources, read from the trainers' code: sd-scripts train_network.py (``ss_*``), musubi-tuner hv_train_network.py,
ai-toolkit toolkit/saving.py and metadata.py (``training_info``, and a made-up ``ss_tag_frequency``), OneTrainer
modules/modelSaver/mixin (``ot_*``), the ModelSpec (``modelspec.*``).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from diagnostics.weights.header import WeightsHeader
from knowledge.facts import LoraFacts

_DOWN = re.compile(r"(?:\.|_)(?:lora_down|lora_A|down)(?:\.[\w-]+)?(?:\.weight)?$")
_STEP = re.compile(r"(?:-step|[-_])(\d{6,9})$")
_LAYER = re.compile(r"lora|lokr|loha|hada_|glora|oft_")
_LONGEST = 4_000_000
_MOST_FOLDERS = 50


def is_lora(header: WeightsHeader) -> bool:
    """Tell a LoRA (or one of its relatives) from a whole model, a VAE or cached latents by the names of its tensors."""
    return any(_LAYER.search(name) for name in header.tensors)


def lora_facts(name: str, header: WeightsHeader) -> LoraFacts:
    """Return what `header` says of the LoRA in the file `name`."""
    said = header.metadata
    info = _json(said, "training_info")
    folders = _folders(said)
    ranks = Counter(tensor.shape[0] for key, tensor in header.tensors.items() if _DOWN.search(key) and tensor.shape)
    trainer = _trainer(said)
    step, epoch = _whole(said.get("ss_steps")), _whole(said.get("ss_epoch"))
    return LoraFacts(
        file=PurePosixPath(name).name,
        trainer=trainer,
        name=said.get("ss_output_name") or said.get("name") or None,
        model=_model(said),
        rank=ranks.most_common(1)[0][0] if ranks else _whole(said.get("ss_network_dim")),
        alpha=_number(said.get("ss_network_alpha")),
        learning_rate=_number(said.get("ss_unet_lr")) or _number(said.get("ss_learning_rate")),
        batch_size=_whole(said.get("ss_batch_size_per_device")) or _batch(said),
        gradient_accumulation=_whole(said.get("ss_gradient_accumulation_steps")),
        step=_whole(info.get("step")) or step or _step_in(name),
        epoch=epoch if trainer != "ai-toolkit" else None,
        steps=_whole(said.get("ss_max_train_steps")),
        epochs=_whole(said.get("ss_num_epochs")),
        images=sum(images for _, images in folders.values()) or None,
        images_with_repeats=_whole(said.get("ss_num_train_images")) or _whole(said.get("ss_num_train_items")),
        folders=tuple(folders) or None,
        repeats=tuple(repeats for repeats, _ in folders.values()) or None,
        trigger_word=_trigger(said) if trainer == "ai-toolkit" else None,
        modules=ranks.total() or None,
        truncated=header.missing > 0,
        untagged=tuple(_untagged(said, folders)) if trainer != "ai-toolkit" and folders else None,
    )


def _trainer(said: Mapping[str, str]) -> str | None:
    software = _json(said, "software")
    if "ai-toolkit" in str(software.get("name", "")) or "ostris" in str(software.get("repo", "")):
        return "ai-toolkit"
    if "ot_revision" in said or "ot_branch" in said or "ot_config" in said:
        return "onetrainer"
    if "ss_num_train_items" in said:
        return "musubi-tuner"
    return "sd-scripts" if "ss_network_module" in said and "ss_sd_scripts_commit_hash" in said else None


def _model(said: Mapping[str, str]) -> str | None:
    """Return the base model; of a path its last part alone, which names nobody."""
    model = said.get("ss_sd_model_name") or said.get("ss_base_model_version") or said.get("modelspec.architecture")
    if not model or model == "None":
        return None
    parts = model.replace("\\", "/").split("/")
    return model if len(parts) == 2 and ":" not in model else parts[-1]


def _folders(said: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return name -> repeats and pictures of each folder."""
    found = {}
    for name, value in list(_json(said, "ss_dataset_dirs").items())[:_MOST_FOLDERS]:
        if isinstance(value, dict):
            repeats, images = _whole(value.get("n_repeats")), _whole(value.get("img_count"))
            if repeats is not None and images is not None:
                found[name[:200]] = (repeats, images)
    return found


def _untagged(said: Mapping[str, str], folders: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return the folders in which no tag at all is on every picture: then no trigger word is, either."""
    found = []
    for folder, tags in _json(said, "ss_tag_frequency").items():
        counts = [count for value in tags.values() if (count := _whole(value))] if isinstance(tags, dict) else []
        images = folders.get(folder, (0, 0))[1]
        if counts and images and max(counts) < images:
            found.append(f"{folder}: {max(counts)} of {images}")
    return found[:_MOST_FOLDERS]


def _trigger(said: Mapping[str, str]) -> str | None:
    """ai-toolkit writes one made-up tag, the trigger word, so that programs show it."""
    for tags in _json(said, "ss_tag_frequency").values():
        if isinstance(tags, dict):
            return next((str(tag)[:100] for tag in tags), None)
    return None


def _batch(said: Mapping[str, str]) -> int | None:
    try:
        sizes = {each.get("batch_size_per_device") for each in json.loads(said.get("ss_datasets", "[]")[:_LONGEST])}
    except (ValueError, RecursionError, AttributeError, TypeError):
        return None
    return _whole(sizes.pop()) if len(sizes) == 1 else None


def _step_in(name: str) -> int | None:
    match = _STEP.search(PurePosixPath(name).stem)
    digits = match.group(1) if match else ""
    # nine digits count ai-toolkit's steps and "-step" is sd-scripts' word for them; six alone are its epochs
    return int(digits) if len(digits) == 9 or (match and match.group(0).startswith("-step")) else None


def _json(said: Mapping[str, str], key: str) -> dict[str, Any]:
    text = said.get(key, "")
    if len(text) > _LONGEST:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) and abs(number) < 1e12 else None
