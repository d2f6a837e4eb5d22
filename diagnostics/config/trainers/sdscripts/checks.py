"""What sd-scripts would not say, or says only after minutes of loading."""

from __future__ import annotations

import re

from diagnostics.config.nearest import nearest_key, nearest_model
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.sdscripts import keys as known
from diagnostics.config.trainers.unknown_keys import note_unknown
from diagnostics.config.trainers.words import words
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Leaf, Path
from knowledge.trainer import Extra

_REPEAT_FOLDER = re.compile(r"^\d+_\S")
_TEXT_CACHE_REFUSES = ("shuffle_caption", "caption_dropout_rate", "caption_tag_dropout_rate", "token_warmup_step")
_LATENT_CACHE_REFUSES = ("color_aug", "random_crop")
_SWITCHES = words(
    """xformers sdpa enable_bucket shuffle_caption network_train_unet_only cache_latents gradient_checkpointing
    no_half_vae full_bf16 full_fp16 fp8_base cache_latents_to_disk cache_text_encoder_outputs"""
)


def run(reader: Reader, keys: dict[str, Path], known_script: bool, name: str) -> None:
    """Note everything. `keys` tells where each option stands."""
    check_format(reader)
    _names(reader, keys, known_script, name)
    _defaults(reader, keys)
    _folder(reader, keys)
    _conflicts(reader, keys)
    model = reader.values.get("model")
    if model and (right := nearest_model(model)):
        at = reader.key_offset(keys.get("pretrained_model_name_or_path", ("dit",)))
        reader.observe("model-name-typo", at, value=model, right=right)


def _on(reader: Reader, keys: dict[str, Path], name: str) -> bool:
    if name not in keys:
        return False
    node = reader.node(keys[name])
    if node is None:
        return False
    value = convert(node, Type.BOOL) if convert(node, Type.FLOAT) is None else convert(node, Type.FLOAT)
    return bool(value)


def _names(reader: Reader, keys: dict[str, Path], known_script: bool, trainer: str) -> None:
    command = reader.tree.format in (Format.COMMAND, Format.ARGV)
    if reader.tree.broken or (command and not known_script):
        return
    unknown: dict[str, int] = {}
    names = known.MUSUBI if trainer == "musubi-tuner" else known.KNOWN
    for key, path in list(keys.items())[:300]:
        if key in names:
            if command and key in _SWITCHES:
                node = reader.node(path)
                if isinstance(node, Leaf) and node.value is not True:
                    reader.observe("switch-with-value", reader.key_offset(path), key=key, value=str(node.value)[:40])
            continue
        abbreviates = [name for name in names if name.startswith(key)]
        if command and len(abbreviates) == 1:
            continue
        right = known.CONFUSED.get(key) or nearest_key(key, names)
        if right and right not in keys:
            kind = "unrecognized-argument" if command else "ignored-rate" if right == "learning_rate" else "ignored-key"
            reader.observe(kind, reader.key_offset(path), key=key, right=right, section="the config")
        elif not right:
            unknown[key] = reader.key_offset(path)
    note_unknown(reader, unknown, Extra.REFUSED if command else Extra.IGNORED, trainer)


def _defaults(reader: Reader, keys: dict[str, Path]) -> None:
    if not keys:
        return
    anchor = next(
        (keys[key] for key in ("network_dim", "network_module", "train_data_dir") if key in keys),
        next(iter(keys.values())),
    )
    at, rank = reader.key_offset(anchor), reader.values.get("rank")
    if "alpha" in reader.defaulted and rank and rank > 1:
        reader.observe("alpha-default", at, rank=str(rank))
    told = any(seen.kind == "ignored-rate" for seen in reader.observations)
    by_itself = str(reader.values.get("optimizer", "")).lower().startswith(("prodigy", "dadapt", "adafactor"))
    if "learning_rate" in reader.defaulted and not told and not by_itself:
        reader.observe("rate-missing-kohya", at)
    if "caption_extension" in reader.defaulted and "train_data_dir" in keys:
        reader.observe("caption-extension-default", reader.key_offset(keys["train_data_dir"]))


def _folder(reader: Reader, keys: dict[str, Path]) -> None:
    for key in ("train_data_dir", "reg_data_dir"):
        folder = reader.text(*map(str, keys[key])) if key in keys else None
        name = re.split(r"[\\/]", folder.rstrip("\\/ "))[-1] if folder else ""
        if _REPEAT_FOLDER.match(name):
            reader.observe("folder-is-repeat-folder", reader.key_offset(keys[key]), key=key, value=name[:60])


def _conflicts(reader: Reader, keys: dict[str, Path]) -> None:
    if _on(reader, keys, "cache_text_encoder_outputs") or _on(reader, keys, "cache_text_encoder_outputs_to_disk"):
        for name in _TEXT_CACHE_REFUSES:
            if _on(reader, keys, name):
                reader.observe("text-cache-conflict", reader.key_offset(keys[name]), key=name)
    if _on(reader, keys, "cache_latents") or _on(reader, keys, "cache_latents_to_disk"):
        for name in _LATENT_CACHE_REFUSES:
            if _on(reader, keys, name):
                reader.observe("latent-cache-conflict", reader.key_offset(keys[name]), key=name)
    written = reader.values.get("precision") if "precision" in reader.origins else None
    if written is None and "precision" not in reader.defaulted:
        return
    for flag, wanted in (("full_fp16", ("fp16",)), ("fp8_base", ("fp16", "bf16"))):
        if _on(reader, keys, flag) and written not in wanted:
            reader.observe("precision-conflict", reader.key_offset(keys[flag]), key=flag, wanted=" or ".join(wanted))
