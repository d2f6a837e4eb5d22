"""A unified diff that changes settings in the person's own file and touches nothing else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from diagnostics.config.edits import edit
from diagnostics.config.formats import parse
from diagnostics.config.model import TrainingConfig
from diagnostics.config.settings import Type, convert
from diagnostics.config.trainers.base import Home
from diagnostics.config.trainers.registry import Trainers, shipped
from diagnostics.config.tree import Format, Leaf, Path, Scalar, Tree, leaves
from knowledge.entry import SettingValue

_CONTEXT = 3


def write_patch(
    config: TrainingConfig, changes: Mapping[str, SettingValue], trainers: Trainers | None = None
) -> str | None:
    """Return a diff that sets `changes` (normal names) in the config's file; None where nothing can be changed.

    Every change is tried on its own and read back: it is kept only if the file then says the new value and everything
    else says what it said. A file with a syntax error is left alone.
    """
    text = config.document.text
    for name, value in changes.items():
        text = _changed(text, config.trainer, name, value, trainers or shipped()) or text
    if text == config.document.text:
        return None
    return _diff(config.document.text, text, config.document.name, config.document.first_line)


def _changed(text: str, trainer_id: str, name: str, value: SettingValue, trainers: Trainers) -> str | None:
    tree = parse(text)
    trainer = trainers.by_id(trainer_id, tree)
    home = trainer.home(tree, name, value) if trainer and not tree.broken else None
    if home is None or _says(tree, home):
        return None
    new = edit(tree, home)
    if new is None:
        return None
    after = parse(new)
    if after.broken or not _says(after, home) or _others(after, home.path) != _others(tree, home.path):
        return None
    return new


def _says(tree: Tree, home: Home) -> bool:
    node = tree.get(home.path)
    if tree.format is Format.COMMAND and isinstance(home.value, bool):
        return (node is not None) == home.value
    if node is None:
        return False
    if isinstance(home.value, bool):
        return isinstance(node, Leaf) and node.value is home.value
    if isinstance(home.value, str):
        return isinstance(node, Leaf) and str(node.value) == home.value
    typed = (
        tree.format is Format.COMMAND or home.as_text or not (isinstance(node, Leaf) and isinstance(node.value, str))
    )
    return typed and convert(node, Type.FLOAT) == float(home.value)


def _others(tree: Tree, path: Path) -> dict[Path, Scalar | str]:
    return {where: repr(leaf.value) for where, leaf in leaves(tree.root) if where[: len(path)] != path}


def _diff(old: str, new: str, name: str, first_line: int) -> str:
    before, after = _lines(old), _lines(new)
    context = _CONTEXT
    if first_line > 1:
        # inside a larger file the part's edges are not the file's: equal context on both sides applies everywhere
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        changed = [(a, b) for tag, a, b, _, _ in matcher.get_opcodes() if tag != "equal"]
        context = min(_CONTEXT, changed[0][0], len(before) - changed[-1][1])
    file = re.sub(r"[^\w.\- ]", "_", PurePosixPath(name.replace("\\", "/")).name) or "config"
    out: list[str] = []
    for line in difflib.unified_diff(before, after, f"a/{file}", f"b/{file}", n=context):
        if line.startswith("@@") and first_line > 1:
            line = _shifted(line, first_line - 1)
        out.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _shifted(header: str, by: int) -> str:
    return re.sub(r"([-+])(\d+)", lambda match: f"{match[1]}{int(match[2]) + by}", header)
