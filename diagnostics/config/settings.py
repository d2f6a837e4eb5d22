"""The key map of a trainer: which normal name lives under which key, as what type, with what default."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.config.formats.scalars import number
from diagnostics.config.tree import Items, Leaf, Node, Path, Scalar
from knowledge.entry import SettingValue
from knowledge.trainer import ConfigShape, Type

__all__ = ["Setting", "Type", "Value", "convert", "path_of", "setting", "settings_of"]

Value = SettingValue | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `keys` are paths below the trainer's settings, the one that wins first."""

    name: str
    keys: tuple[Path, ...]
    type: Type
    default: Value | None = None
    """What the trainer takes where no file sets it."""


def setting(name: str, keys: str, type_: Type, default: SettingValue | None = None) -> Setting:
    """Return a `Setting`; `keys` as dotted paths separated by spaces, e.g. ``"network.rank network.linear"``."""
    return Setting(name, tuple(path_of(key) for key in keys.split()), type_, default)


def path_of(key: str) -> Path:
    """Return a dotted key as a path: ``datasets.0.folder_path`` names the first entry of a list."""
    return tuple(int(step) if step.isdigit() else step for step in key.split("."))


def settings_of(shape: ConfigShape) -> tuple[Setting, ...]:
    """Return the key map of a trainer; a list of sizes as a default is written as text, as on a command line."""
    return tuple(
        Setting(name, tuple(path_of(at) for at in key.at), key.type, _default(key.type, key.default))
        for name, key in shape.settings.items()
    )


def _default(type_: Type, default: SettingValue | None) -> Value | None:
    return _integers(Leaf(default, 0, 0)) if type_ is Type.INTS and default is not None else default


_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_LARGEST = 10**15


def convert(node: Node, type_: Type) -> Value | None:
    """Return the value of `node` as `type_`, a number in quotes included; None where it makes no sense."""
    if type_ is Type.INTS:
        return _integers(node)
    if type_ is Type.FIRST and isinstance(node, Items):
        node = node.items[0] if node.items else node
    if not isinstance(node, Leaf) or node.value is None:
        return None
    if type_ is Type.BOOL:
        return _truth(node.value)
    if type_ is Type.TEXT:
        return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
    found = _finite(node.value)
    if found is None:
        return None
    return int(found) if type_ is Type.INT else float(found)


def _truth(value: Scalar) -> bool | None:
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _TRUE else False if word in _FALSE else None
    return bool(value) if isinstance(value, bool | int) else None


def _finite(value: Scalar) -> int | float | None:
    found = number(value) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if -_LARGEST <= found <= _LARGEST else None


def _integers(node: Node) -> tuple[int, ...] | None:
    if isinstance(node, Items):
        found = [part for item in node.items[:64] for part in _integers(item) or ()]
    elif isinstance(node, Leaf) and isinstance(node.value, str):
        found = [int(part) for word in node.value[:200].split(",") if (part := _finite(word)) is not None]
    elif isinstance(node, Leaf) and (one := _finite(node.value)) is not None:
        found = [int(one)]
    else:
        found = []
    return tuple(found) or None
