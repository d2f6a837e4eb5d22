"""What an ai-toolkit config gets wrong without being told: ignored keys, misleading values, refused combinations."""

from __future__ import annotations

from diagnostics.config.nearest import nearest_key, nearest_model
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.aitoolkit import keys
from diagnostics.config.trainers.unknown_keys import note_unknown
from diagnostics.config.trainers.words import is_transformer
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Items, Leaf, Path, Table
from knowledge.entry import SettingValue
from knowledge.trainer import Extra

_MOST_KEYS = 200


def run(reader: Reader, name: str) -> None:
    """Note everything that this trainer would not say."""
    check_format(reader)
    _tolerated_numbers(reader)
    if not reader.tree.broken:
        _keys(reader, name)
        _defaults(reader)
    _model(reader)
    _network(reader)
    _length(reader)
    _schedule(reader)
    _dataset(reader)
    _texts(reader)


def _offset(reader: Reader, *key: str) -> int:
    return reader.key_offset(key)


def _tolerated_numbers(reader: Reader) -> None:
    """A rate in quotes survives in the optimizers that convert it."""
    optimizer = str(reader.values.get("optimizer", "adamw")).lower()
    if optimizer not in keys.FLOAT_OPTIMIZERS:
        return
    for index, seen in enumerate(reader.observations):
        if seen.kind == "quoted-number" and seen.values.get("key") == "lr":
            reader.observations[index] = type(seen)(
                "quoted-rate", seen.evidence, {**seen.values, "optimizer": optimizer}
            )


def _keys(reader: Reader, name: str) -> None:
    unknown: dict[str, int] = {}
    places: list[tuple[str, Path]] = [("process", ())]
    for section in keys.SECTIONS[:2] + keys.SECTIONS[3:6]:
        places.append((section, (section,)))
    datasets = reader.node(("datasets",))
    if isinstance(datasets, Items):
        places += [("datasets", ("datasets", index)) for index in range(min(len(datasets.items), 20))]
    trains = reader.text("type") in (None, "sd_trainer", "diffusion_trainer", "ui_trainer")
    for section, path in places:
        table = reader.table(path)
        if table is None or (section == "process" and not trains):
            continue
        for key in list(table.entries)[:_MOST_KEYS]:
            if key not in keys.KNOWN[section] and not _unknown(reader, section, table, key, table.keys[key]):
                unknown[key] = table.keys[key]
    note_unknown(reader, unknown, Extra.IGNORED, name)


def _unknown(reader: Reader, section: str, table: Table, key: str, offset: int) -> bool:
    """Note what `key` was meant to be; tell whether that is known."""
    if key in keys.EPOCHS:
        reader.observe("no-epochs", offset, key=key)
        return True
    confused = keys.CONFUSED[section]
    right = confused.get(key)
    if right is None and (slip := nearest_key(key, confused)):
        right = confused[slip]
    if right is not None:
        name = right.rpartition(".")[2]
        in_its_place = section == "train" and right == "train.lr" and name not in table.entries
        kind = "ignored-rate" if in_its_place else "ignored-key"
        rate = convert(table.entries[key], Type.FLOAT) if in_its_place else None
        repair = {"learning_rate": rate} if isinstance(rate, float) else {}
        reader.observe(kind, offset, repair, key=key, right=right, section=section)
    elif (slip := nearest_key(key, keys.KNOWN[section])) and slip not in table.entries:
        reader.observe("unknown-key", offset, key=key, right=slip, section=section)
    else:
        return False
    return True


def _defaults(reader: Reader) -> None:
    train, model = reader.table(("train",)), reader.table(("model",))
    told = any(seen.kind == "ignored-rate" for seen in reader.observations)
    if train is not None and "learning_rate" in reader.defaulted and not told:
        reader.observe("rate-missing", _offset(reader, "train"))
    if train is not None and model is not None and "precision" in reader.defaulted and "steps" in reader.origins:
        reader.observe("dtype-missing", _offset(reader, "train"))
    if model is not None and train is not None and reader.node(("model", "name_or_path")) is None:
        reader.observe("model-missing", _offset(reader, "model"))


def _model(reader: Reader) -> None:
    name, arch = reader.values.get("model"), reader.values.get("arch")
    if name and (right := nearest_model(name)):
        reader.observe("model-name-typo", _offset(reader, "model", "name_or_path"), value=name, right=right)
    if arch and "arch" in reader.defaulted and name and (is_transformer(name) or "xl-base" in name.lower()):
        reader.observe("arch-missing", _offset(reader, "model", "name_or_path"), value=name)
    elif arch and "arch" in reader.origins and arch not in keys.ARCHS and (slip := _nearest_arch(arch)):
        reader.observe("unknown-arch", _offset(reader, "model", "arch"), value=arch, right=slip)
    if arch == "qwen_image_edit" and reader.truth("train", "unload_text_encoder"):
        reader.observe("unload-refused", _offset(reader, "train", "unload_text_encoder"), arch=arch)


def _nearest_arch(arch: str) -> str | None:
    squashed = arch.lower().replace("-", "").replace("_", "").replace(".", "").replace(" ", "")
    for known in sorted(keys.ARCHS):
        if known.replace("_", "").replace("-", "").replace(".", "") == squashed:
            return known
    return nearest_key(arch.lower().replace("-", "_"), keys.ARCHS)


def _network(reader: Reader) -> None:
    rank, alpha = reader.values.get("rank"), reader.values.get("alpha")
    if reader.values.get("transformer") and rank and alpha is not None and "alpha" in reader.origins and alpha != rank:
        key = "linear_alpha" if reader.node(("network", "linear_alpha")) else "alpha"
        reader.observe("alpha-without-effect", _offset(reader, "network", key), alpha=f"{alpha:g}", rank=str(rank))
    if reader.values.get("transformer") is False and "alpha" in reader.defaulted and rank and rank > 1:
        reader.observe("alpha-default", _offset(reader, "network"), rank=str(rank))


def _length(reader: Reader) -> None:
    new, old = reader.node(("train", "gradient_accumulation")), reader.node(("train", "gradient_accumulation_steps"))
    new_value, old_value = (node.value if isinstance(node, Leaf) else None for node in (new, old))
    if not isinstance(old_value, int) or isinstance(old_value, bool) or old_value == 1:
        return
    at = _offset(reader, "train", "gradient_accumulation_steps")
    if isinstance(new_value, int) and new_value > 1:
        reader.observe("accumulation-conflict", at, new=str(new_value), old=str(old_value))
    else:
        reader.observe("accumulation-legacy", at, value=str(old_value))


def _schedule(reader: Reader) -> None:
    scheduler = reader.values.get("lr_scheduler")
    if scheduler == "linear":
        reader.observe("scheduler-rises", _offset(reader, "train", "lr_scheduler"))
    elif scheduler and scheduler not in keys.SCHEDULERS and "lr_scheduler" in reader.origins:
        reader.observe("scheduler-unknown", _offset(reader, "train", "lr_scheduler"), value=scheduler[:40])
    optimizer = str(reader.values.get("optimizer", "")).lower()
    rate = reader.node(("train", "lr"))
    replaced = optimizer.startswith(keys.RESERVED_LR) and reader.values.get("learning_rate") == 1.0
    if replaced and isinstance(rate, Leaf) and str(rate.value) not in ("1", "1.0"):
        reader.observe("rate-replaced", rate.start, value=str(rate.value)[:20], optimizer=optimizer)
    sampler, noise = reader.text("sample", "sampler"), reader.text("train", "noise_scheduler")
    if sampler and noise and sampler != noise:
        reader.observe("sampler-mismatch", _offset(reader, "sample", "sampler"), sampler=sampler, noise_scheduler=noise)
    saved = reader.text("save", "save_format")
    if saved and saved not in ("safetensors", "diffusers"):
        reader.observe("save-format", _offset(reader, "save", "save_format"), value=saved[:40])


def _dataset(reader: Reader) -> None:
    sizes: tuple[SettingValue, ...] = reader.values.get("resolution", ())
    if len(sizes) > 1 and "resolution" in reader.origins:
        key = ("datasets", 0, "resolution")
        shown = ", ".join(str(size) for size in sizes)
        reader.observe("resolution-multiplies", reader.key_offset(key), count=str(len(sizes)), sizes=shown)
    cached = reader.truth("train", "cache_text_embeddings")
    if cached and reader.values.get("caption_dropout") and "caption_dropout" in reader.origins:
        key = ("datasets", 0, "caption_dropout_rate")
        reader.observe("dropout-while-cached", reader.key_offset(key))
    if cached and reader.node(("trigger_word",)) is not None and reader.values.get("trigger_word"):
        reader.observe("trigger-while-cached", _offset(reader, "trigger_word"))


def _texts(reader: Reader) -> None:
    """Words that must be text and that YAML read as something else."""
    name = reader.tree.get(("config", "name"))
    if isinstance(name, Leaf) and name.value is not None and not isinstance(name.value, str):
        reader.observe("name-not-text", name.start, value=reader.tree.text[name.start : name.end][:40])
    places: list[Path] = [("trigger_word",)]
    datasets = reader.node(("datasets",))
    if isinstance(datasets, Items):
        places += [("datasets", index, "trigger_word") for index in range(min(len(datasets.items), 20))]
    for path in places:
        node = reader.node(path)
        if isinstance(node, Table):
            written = reader.tree.text[node.start : node.end]
            reader.observe("brace-text", node.start, key="trigger_word", value=written[:60])
        elif isinstance(node, Items) or (
            isinstance(node, Leaf) and node.value is not None and not isinstance(node.value, str)
        ):
            written = reader.tree.text[node.start : node.end]
            reader.observe("trigger-not-text", node.start, value=written[:40])
    if reader.text("type") == "ui_trainer":
        reader.observe("ui-trainer", _offset(reader, "type"))
