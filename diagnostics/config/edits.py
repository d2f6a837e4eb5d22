"""One change to a text, in its own style: a value replaced where it stands, or a line added beside its siblings."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from diagnostics.config.formats.scalars import yaml_scalar
from diagnostics.config.trainers.base import Home
from diagnostics.config.tree import Format, Items, Leaf, Table, Tree
from knowledge.entry import SettingValue

_PLAIN = re.compile(r"[A-Za-z0-9_./|][\w./|+\-]*$")
_STEP = "  "


def edit(tree: Tree, home: Home) -> str | None:
    """Return the text with `home` set; None where there is no safe place for it."""
    if tree.format is Format.COMMAND:
        return _edit_command(tree, home)
    node = tree.get(home.path)
    if isinstance(node, Leaf | Items):
        if isinstance(node, Items) and not node.flow:
            return None
        return _spliced(tree.text, node.start, node.end, _written(tree, home, node if isinstance(node, Leaf) else None))
    if node is not None:
        return None
    parent = tree.get(home.path[:-1])
    if isinstance(parent, Table):
        return _insert(tree, parent, str(home.path[-1]), _written(tree, home, None))
    above = tree.get(home.path[:-2])
    if isinstance(above, Table) and parent is None and tree.format is not Format.TOML and len(home.path) > 1:
        return _insert_section(tree, above, home)
    return None


def _spliced(text: str, start: int, end: int, new: str) -> str:
    # an empty YAML value has no place of its own: it needs a space after its colon
    gap = " " if start == end and text[start - 1 : start] in (":", "=") else ""
    return text[:start] + gap + new + text[end:]


def number_text(value: int | float) -> str:
    """Return a number in plain decimals: 5e-05 would be text to plain YAML loaders."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.1f}"
    return format(Decimal(repr(value)), "f") if 1e-12 < abs(value) < 1e15 else repr(value)


def _written(tree: Tree, home: Home, old: Leaf | None) -> str:
    value = home.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        text = number_text(value)
        if isinstance(value, float) and value.is_integer() and old and isinstance(old.value, int):
            text = str(int(value))
        return json.dumps(text) if home.as_text and old and old.quoted else text
    quote = tree.text[old.start : old.start + 1] if old and old.quoted else ""
    if quote == "'" and "'" not in value and "\n" not in value:
        return f"'{value}'"
    if tree.format is Format.YAML and not quote and _PLAIN.match(value) and yaml_scalar(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _pair(tree: Tree, key: str, value: str) -> str:
    form = {Format.JSON: '"{}": {}', Format.TOML: "{} = {}"}.get(tree.format, "{}: {}")
    return form.format(key, value)


def _insert(tree: Tree, table: Table, key: str, value: str) -> str | None:
    pair = _pair(tree, key, value)
    text = tree.text
    if table.flow:
        if not table.entries:
            return text[: table.start + 1] + pair + text[table.start + 1 :]
        first = min(table.keys[name] for name in table.entries)
        line = text.rfind("\n", 0, first) + 1
        lead = text[line:first]
        between = f",{_newline(text, first)}{lead}" if not lead.strip() else ", "
        return text[:first] + pair + between + text[first:]
    return _insert_line(tree, table, pair)


def _insert_line(tree: Tree, table: Table, pair: str) -> str | None:
    """Add a line after the last sibling that fits on one line."""
    siblings = [
        name for name, node in table.entries.items() if name in table.keys and _one_line(tree, table, name, node)
    ]
    if not siblings:
        return None
    sibling = siblings[-1]
    key = table.keys[sibling]
    line = tree.text.rfind("\n", 0, key) + 1
    lead = tree.text[line:key]
    indent = lead if not lead.strip() else re.sub(r"\S", " ", lead)
    end = tree.text.find("\n", key)
    end = len(tree.text) if end < 0 else end - (tree.text[end - 1] == "\r")
    return tree.text[:end] + _newline(tree.text, key) + indent + pair + tree.text[end:]


def _one_line(tree: Tree, table: Table, name: str, node: Leaf | Items | Table) -> bool:
    flow = isinstance(node, Leaf) or node.flow
    return (
        flow
        and tree.line(table.keys[name]) == tree.line(max(node.end - 1, node.start))
        and node.start >= table.keys[name]
    )


def _insert_section(tree: Tree, above: Table, home: Home) -> str | None:
    section, key, value = str(home.path[-2]), str(home.path[-1]), _written(tree, home, None)
    if isinstance(home.path[-2], int) or section in above.entries:
        return None
    if above.flow:
        inner = f"{{{_pair(tree, key, value)}}}"
        return _insert(tree, above, section, inner)
    if not above.entries:
        return None
    first = min(above.keys.values())
    lead = tree.text[tree.text.rfind("\n", 0, first) + 1 : first]
    indent = re.sub(r"\S", " ", lead)
    return _insert_line(tree, above, f"{section}:{_newline(tree.text, first)}{indent}{_STEP}{_pair(tree, key, value)}")


def _newline(text: str, near: int) -> str:
    end = text.find("\n", near)
    if end < 0:
        end = text.rfind("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _edit_command(tree: Tree, home: Home) -> str | None:
    if not isinstance(tree.root, Table):
        return None
    node, key = tree.get(home.path), str(home.path[-1])
    if node is None:
        return _add_option(tree, tree.root, key, home.value) if home.value is not False else None
    if isinstance(home.value, bool):
        return _drop_option(tree.text, tree.root.keys[key], node.end)
    if not isinstance(node, Leaf) or node.value is True:
        return None
    old = tree.text[node.start : node.end]
    quote = old[:1] if old[:1] in "\"'" and old[-1:] == old[:1] else ""
    return _spliced(tree.text, node.start, node.end, f"{quote}{_argument(home.value, bool(quote))}{quote}")


def _argument(value: SettingValue, quoted: bool) -> str:
    text = str(value) if isinstance(value, bool | str) else number_text(value)
    return text if quoted or re.fullmatch(r"[\w./:,\\+\-]*", text) else f'"{text}"'


def _add_option(tree: Tree, root: Table, key: str, value: SettingValue) -> str:
    """Add an option at the end of the command's last line, written like its neighbours."""
    equals = sum(tree.text[at : at + 80].partition("\n")[0].split(" ")[0].count("=") for at in root.keys.values())
    between = "=" if equals * 2 > len(root.keys) else " "
    option = f" --{key}" if value is True else f" --{key}{between}{_argument(value, False)}"
    return tree.text[: root.end] + option + tree.text[root.end :]


def _drop_option(text: str, start: int, end: int) -> str:
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop + 1
    if not text[line:start].strip() and text[end:stop].strip() in ("\\", "^", "`"):
        return text[:line] + text[stop:]
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return text[:start] + text[end:]
