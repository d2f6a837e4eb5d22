"""The dataset config: ``[general]``, ``[[datasets]]``, ``[[datasets.subsets]]``, each falling back on the one above."""

from __future__ import annotations

from diagnostics.config.nearest import nearest_key
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.base import Home
from diagnostics.config.trainers.sdscripts import keys
from diagnostics.config.trainers.sdscripts.settings import IN_DATASET_CONFIG
from diagnostics.config.traps import check_format
from diagnostics.config.tree import Format, Items, Leaf, Path, Table, Tree
from knowledge.entry import SettingValue

_MUSUBI_FOLDERS = ("image_directory", "video_directory", "image_jsonl_file", "video_jsonl_file", "control_directory")
_FOLDERS = ("image_dir", "metadata_file", "subsets")
_MOST = 100


def is_dataset_config(tree: Tree) -> bool:
    """Tell by a list of datasets that name image folders."""
    if tree.format not in (Format.TOML, Format.JSON):
        return False
    return any(name in each.entries for each in _datasets(tree) for name in (*_FOLDERS, *_MUSUBI_FOLDERS))


def is_musubi(tree: Tree) -> bool:
    """Tell musubi-tuner's dataset config from sd-scripts' by the names of its folders."""
    return any(name in each.entries for each in _datasets(tree) for name in _MUSUBI_FOLDERS)


def read(reader: Reader, musubi: bool) -> None:
    """Read the datasets into `reader`, and note what the validation would refuse."""
    check_format(reader)
    paths: list[str] = []
    repeats: list[int] = []
    for place in _places(reader.tree):
        levels = [place, *([place[:2]] if len(place) > 2 else []), ("general",)]
        for each in IN_DATASET_CONFIG:
            if each.name not in reader.values:
                key = next((level for level in levels if reader.tree.get((*level, each.keys[0][0])) is not None), None)
                if key is not None:
                    reader.take((type(each)(each.name, ((*key, each.keys[0][0]),), each.type, None),), defaults=False)
        table = reader.table(place)
        for name in ("image_dir", "image_directory", "video_directory"):
            node = table.entries.get(name) if table else None
            if isinstance(node, Leaf) and isinstance(node.value, str):
                if not paths:
                    reader.put("dataset_paths", (node.value,), reader.key_offset((*place, name)), (*place, name))
                paths.append(node.value)
                repeats.append(_repeats(reader, levels))
    if paths:
        reader.values["dataset_paths"], reader.values["repeats"] = tuple(paths), tuple(repeats)
    if not musubi and not reader.tree.broken:
        reader.default("caption_extension", ".caption")
        if paths and "caption_extension" in reader.defaulted:
            reader.observe("caption-extension-default", reader.key_offset((*_places(reader.tree)[0], "image_dir")))
        _refused(reader)


def home(tree: Tree, name: str, value: SettingValue) -> Home | None:
    """Return where a dataset setting is written; a new one goes into ``[general]`` or the first dataset."""
    key = next((each.keys[0][0] for each in IN_DATASET_CONFIG if each.name == name), None)
    if key is None:
        return None
    levels: list[Path] = [*_places(tree), *{place[:2] for place in _places(tree)}, ("general",)]
    written = [level for level in levels if tree.get((*level, key)) is not None]
    if len(written) > 1:
        return None
    new: Path = ("general",) if isinstance(tree.get(("general",)), Table) else ("datasets", 0)
    return Home((*(written[0] if written else new), key), value)


def _datasets(tree: Tree) -> list[Table]:
    listed = tree.get(("datasets",))
    return [each for each in listed.items[:_MOST] if isinstance(each, Table)] if isinstance(listed, Items) else []


def _places(tree: Tree) -> list[Path]:
    """Return the paths of all subsets; of datasets without any, their own."""
    places: list[Path] = []
    for index, each in enumerate(_datasets(tree)):
        subsets = each.entries.get("subsets")
        inner: list[Path] = []
        if isinstance(subsets, Items):
            inner = [("datasets", index, "subsets", number) for number in range(min(len(subsets.items), _MOST))]
        places += inner or [("datasets", index)]
    return places[:_MOST]


def _repeats(reader: Reader, levels: list[Path]) -> int:
    for level in levels:
        node = reader.tree.get((*level, "num_repeats"))
        if node is not None:
            value = convert(node, Type.INT)
            return value if isinstance(value, int) else 1
    return 1


def _refused(reader: Reader) -> None:
    """Note keys that the schema has not: unlike the other configs this one is validated, and refused whole."""
    root = reader.tree.root
    if not isinstance(root, Table):
        return
    for key in list(root.entries)[:_MOST]:
        if key not in ("general", "datasets"):
            reader.observe("dataset-extra-key", root.keys[key], key=key, place="the top level")
    for place in dict.fromkeys([("general",), *(p[:2] for p in _places(reader.tree)), *_places(reader.tree)]):
        table = reader.table(place)
        if table is None:
            continue
        known = keys.SUBSET if len(place) > 2 else keys.DATASET | ({"image_dir"} if place == ("general",) else set())
        for key in list(table.entries)[:_MOST]:
            if key in known:
                if "metadata_file" in table.entries and key in keys.METADATA_REFUSES:
                    reader.observe("metadata-subset-key", table.keys[key], key=key)
                continue
            level = "a subset" if len(place) > 2 else "[general]" if place == ("general",) else "a dataset"
            if key in keys.SUBSET | keys.DATASET:
                reader.observe("dataset-key-level", table.keys[key], key=key, place=level)
            elif right := nearest_key(key, known):
                reader.observe("dataset-key-typo", table.keys[key], key=key, right=right, place=level)
            else:
                reader.observe("dataset-extra-key", table.keys[key], key=key, place=level)
