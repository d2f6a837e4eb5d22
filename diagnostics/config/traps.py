"""Traps of the file format itself, the same for every trainer: they load without an error and mean something else."""

from __future__ import annotations

import re

from diagnostics.config.reader import Reader
from diagnostics.config.tree import Format, Leaf, Path, Table, leaves

_PATH_KEY = re.compile(r"(?:^|_)(?:path|dir|folder|directory|file|dit|vae|ckpt)s?(?:_\d)?$")
_CONTROL = re.compile(r"[\n\t\b\f\v\a\x00]")
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w{0,60})\}")
_PLACEHOLDER = re.compile(r"(?:[A-Za-z]:)?[\\/]*(?:path[\\/]+to[\\/]|your[\\/_]|<[^>]{1,40}>)", re.IGNORECASE)
_SHOWN = {"\n": "a line break", "\t": "a tab", "\b": "a backspace", "\f": "a form feed"}


def check_format(reader: Reader) -> None:
    """Note the traps in `reader`'s whole tree."""
    tree = reader.tree
    variables: set[str] = set()
    seen_placeholder = False
    for path, leaf in leaves(tree.root):
        key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        if isinstance(leaf.value, str):
            _check_text(reader, key, leaf)
            if _PATH_KEY.search(key) and _PLACEHOLDER.match(leaf.value) and not seen_placeholder:
                seen_placeholder = True
                reader.observe("placeholder-path", leaf.start, key=key, value=leaf.value[:80])
            if tree.format in (Format.YAML, Format.JSON):
                variables |= _variables(reader, leaf, variables)
        if "\u00a0" in key or key != key.strip():
            shown = key.replace("\u00a0", "").strip()
            reader.observe("nbsp-in-key", _key_offset(reader, path) or leaf.start, key=shown)


def _check_text(reader: Reader, key: str, leaf: Leaf) -> None:
    value = str(leaf.value)
    if "\r" in value.rstrip("\n"):
        reader.observe("crlf-in-value", leaf.start, key=key, value=value.replace("\r", "\\r")[:60])
        return
    if not _PATH_KEY.search(key):
        return
    written = reader.tree.text[leaf.start : leaf.end]
    found = _CONTROL.search(value)
    if found and "\\" in written and written[:1] == '"':
        shown = _SHOWN.get(found.group(), "a control character")
        reader.observe("path-escape", leaf.start, key=key, written=written[:80], char=shown)


def _variables(reader: Reader, leaf: Leaf, known: set[str]) -> set[str]:
    found = set(_VARIABLE.findall(str(leaf.value)[:2_000])) - known
    for name in sorted(found):
        reader.observe("environment-variable", leaf.start, name=name)
    return found


def _key_offset(reader: Reader, path: Path) -> int:
    parent = reader.tree.get(path[:-1])
    return parent.keys.get(str(path[-1]), 0) if isinstance(parent, Table) else 0
