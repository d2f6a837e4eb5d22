"""Keys that a trainer does not have: slips and other trainers' names said one by one, the rest counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from diagnostics.config.formats.command import PROGRAM
from diagnostics.config.nearest import nearest_key
from diagnostics.config.reader import Reader
from diagnostics.config.settings import Type, convert, path_of
from diagnostics.config.tree import Format, Table
from knowledge.trainer import ConfigShape, Extra

_MOST = 300
_NAMED = 5
_EFFECT = {Extra.IGNORED: "is ignored without a word", Extra.REFUSED: "stops the script"}


def note_keys(reader: Reader, shape: ConfigShape, trainer: str) -> None:
    """Note the top-level keys of a config that its trainer does not know, as far as its keys are known here."""
    root = reader.tree.root
    if not isinstance(root, Table) or shape.extra is None:
        return
    known = known_keys(shape)
    unknown: dict[str, int] = {}
    for written in [key for key in list(root.entries)[:_MOST] if key != PROGRAM]:
        key = written.lstrip("-").replace("-", "_")
        if key in known or (shape.extra is Extra.REFUSED and _abbreviates(key, known)):
            continue
        right = shape.confused.get(key) or nearest_key(key, known)
        if right and reader.node(path_of(right)) is None:
            _note_slip(reader, shape.extra, written, key, right)
        elif shape.known and not right:
            unknown[key] = root.keys[written]
    note_unknown(reader, unknown, shape.extra, trainer)


def note_unknown(reader: Reader, unknown: Mapping[str, int], extra: Extra, trainer: str) -> None:
    """Name the keys (with their offsets) that nobody here knows: a few, and how many more there are."""
    if not unknown:
        return
    first = next(iter(unknown.values()))
    reader.observe("keys-not-known", first, keys=named(list(unknown)), trainer=trainer, effect=_EFFECT[extra])


def named(keys: Sequence[str]) -> str:
    """Return a few of the keys by name, and how many more there are."""
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return ", ".join(key[:60] for key in keys[:_NAMED]) + more


def known_keys(shape: ConfigShape) -> frozenset[str]:
    """Return every top-level key that a trainer is known to have."""
    written = {at.partition(".")[0] for key in shape.settings.values() for at in key.at}
    return frozenset(written | set(shape.known) | set(shape.folders) | {m.partition(".")[0] for m in shape.marks})


def _abbreviates(key: str, known: Collection[str]) -> bool:
    # argparse takes the beginning of an option for the whole of it
    return sum(name.startswith(key) for name in known) == 1


def _note_slip(reader: Reader, extra: Extra, written: str, key: str, right: str) -> None:
    root = reader.tree.root
    if not isinstance(root, Table):
        return
    offset = root.keys[written]
    if extra is Extra.REFUSED:
        command = reader.tree.format in (Format.COMMAND, Format.ARGV)
        reader.observe("unrecognized-argument" if command else "unrecognized-key", offset, key=key, right=right)
        return
    is_rate = right.rpartition(".")[2] in ("lr", "learning_rate")
    rate = convert(root.entries[written], Type.FLOAT) if is_rate else None
    repair = {"learning_rate": rate} if isinstance(rate, float) else {}
    reader.observe(
        "ignored-rate" if is_rate else "ignored-key", offset, repair, key=key, right=right, section="the config"
    )
