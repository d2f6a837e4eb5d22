"""Collects what a config says: values under normal names, the line of each, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

from diagnostics.bundle import Document, Evidence
from diagnostics.config.model import Observation, TrainingConfig
from diagnostics.config.settings import Setting, Type, Value, convert
from diagnostics.config.tree import Format, Items, Leaf, Node, Path, Table, Tree, leaves
from knowledge.entry import SettingValue
from knowledge.facts import ConfigFacts

UNKNOWN = "unknown"
"""Stands for the trainer of a config that several could have read."""
_SHOWN = 200
_MOST_OBSERVATIONS = 60
_FACTS = frozenset(field.name for field in fields(ConfigFacts))


class Reader:
    """Reads one tree. `base` is the path of the table that the trainer's settings are relative to."""

    def __init__(self, document: Document, tree: Tree, base: Path = (), text_numbers: bool = False) -> None:
        self.document = document
        self.tree = tree
        self.base = base
        self.text_numbers = text_numbers
        """True where the format has only text, so that a number in quotes is no mistake."""
        self.values: dict[str, Any] = {}
        self.origins: dict[str, Evidence] = {}
        self.paths: dict[str, str] = {}
        self.defaulted: set[str] = set()
        self.observations: list[Observation] = []
        for problem in tree.problems:
            self.observe(problem.kind, problem.offset, **problem.values)

    def node(self, key: Path) -> Node | None:
        """Return what stands under `key`, or None. In a broken file a value that lost its place is searched for."""
        found = self.tree.get((*self.base, *key))
        if found is None and self.tree.broken and self.tree.root is not None:
            tail = key[-2:]
            return next((leaf for path, leaf in self._strays.get(tail[-1], ()) if path[-len(tail) :] == tail), None)
        return found

    @cached_property
    def _strays(self) -> dict[str | int, list[tuple[Path, Leaf]]]:
        """Every value of the file by the last step of its path."""
        found: dict[str | int, list[tuple[Path, Leaf]]] = {}
        for path, leaf in leaves(self.tree.root) if self.tree.root is not None else ():
            found.setdefault(path[-1] if path else "", []).append((path, leaf))
        return found

    def table(self, key: Path) -> Table | None:
        """Return the table under `key`, or None."""
        found = self.tree.get((*self.base, *key))
        return found if isinstance(found, Table) else None

    def key_offset(self, key: Path) -> int:
        """Return where `key` itself is written."""
        parent = self.table(key[:-1])
        node = self.node(key)
        return parent.keys[str(key[-1])] if parent and key[-1] in parent.keys else node.start if node else 0

    def text(self, *key: str) -> str | None:
        """Return the text under `key`, or None."""
        node = self.node(key)
        return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else None

    def truth(self, *key: str) -> bool:
        """Tell whether `key` is switched on."""
        node = self.node(key)
        return node is not None and convert(node, Type.BOOL) is True

    def evidence(self, offset: int) -> Evidence:
        """Return the line at `offset`, numbered as in the file the person knows."""
        index = self.tree.line(offset)
        line = self.document.lines[index] if index < len(self.document.lines) else ""
        return Evidence(self.document.name, self.document.first_line + index, line.strip()[:_SHOWN])

    def observe(
        self, kind: str, offset: int, repair: Mapping[str, SettingValue] | None = None, /, **values: str
    ) -> None:
        """Note something about the line at `offset`. The same about the same line is noted once."""
        seen = Observation(kind, self.evidence(offset), values, repair or {})
        known = {(o.kind, o.evidence.line) for o in self.observations}
        if (kind, seen.evidence.line) not in known and len(self.observations) < _MOST_OBSERVATIONS:
            self.observations.append(seen)

    def put(self, name: str, value: Value | None, offset: int, key: Path) -> None:
        """Set a value that the file states at `offset`."""
        if value is None:
            return
        self.values[name] = value
        self.origins[name] = self.evidence(offset)
        self.paths[name] = shown_path((*self.base, *key))
        self.defaulted.discard(name)

    def forget(self, name: str) -> None:
        """Drop a value that turned out not to be in force."""
        self.values.pop(name, None)
        self.origins.pop(name, None)
        self.paths.pop(name, None)
        self.defaulted.discard(name)

    def default(self, name: str, value: Value | None) -> None:
        """Set a value that no file states."""
        if value is not None and name not in self.values:
            self.values[name] = value
            self.defaulted.add(name)

    def take(self, settings: Iterable[Setting], defaults: bool) -> None:
        """Read every setting; with `defaults`, those that are not written take the trainer's default."""
        for each in settings:
            written = [(key, node) for key in each.keys if (node := self.node(key)) is not None]
            for key, node in reversed(written):
                # the key that wins comes last, so that its value stays; the others are checked all the same
                if not (isinstance(node, Leaf) and node.value is None):
                    self._take_one(each, key, node)
            if defaults and each.name not in self.values and not written:
                self.default(each.name, each.default)

    def _take_one(self, each: Setting, key: Path, node: Node) -> None:
        if self.tree.format in (Format.COMMAND, Format.ARGV) and isinstance(node, Items) and each.type is not Type.INTS:
            # what follows the first word is prose behind the command more often than a second value
            node = node.items[0]
        value = convert(node, each.type)
        if isinstance(node, Leaf) and isinstance(node.value, str):
            raw = node.value
            if "\r" in raw:
                self.observe("crlf-in-value", node.start, key=str(key[-1]), value=raw.replace("\r", "\\r")[:60])
                value = convert(Leaf(raw.strip(), node.start, node.end, True), each.type)
            elif not self.text_numbers:
                self._check_text(each, key, node, value)
        if value is None and each.type is not Type.TEXT and not isinstance(node, Leaf):
            self.observe(
                "wrong-type", node.start, key=str(key[-1]), value="a list or a group", wanted=_WANTED[each.type]
            )
        if each.name in _FACTS:
            self.put(each.name, value, self.key_offset(key), key)

    def _check_text(self, each: Setting, key: Path, node: Leaf, value: Value | None) -> None:
        name, raw = str(key[-1]), str(node.value)
        if raw.startswith("${"):
            return
        if each.type in (Type.INT, Type.FLOAT, Type.FIRST):
            if value is not None:
                meant = value if isinstance(value, int | float) and each.name in _FACTS else None
                repair = {} if meant is None else {each.name: meant}
                self.observe("quoted-number", node.start, repair, key=name, value=raw[:60])
            else:
                self.observe("wrong-type", node.start, key=name, value=raw[:60], wanted=_WANTED[each.type])
        elif each.type is Type.BOOL:
            kind = "quoted-switch" if node.quoted and value is not None else "wrong-type"
            self.observe(kind, node.start, key=name, value=raw[:60], wanted=_WANTED[each.type])

    def finish(self, trainer: str) -> TrainingConfig:
        """Return what was collected."""
        known = None if trainer == UNKNOWN else trainer
        facts = replace(ConfigFacts(trainer=known, defaulted=frozenset(self.defaulted)), **self.values)
        return TrainingConfig(trainer, facts, self.origins, tuple(self.observations), self.document, self.paths)


_WANTED = {
    Type.INT: "a whole number",
    Type.FLOAT: "a number",
    Type.FIRST: "a number",
    Type.BOOL: "true or false",
    Type.INTS: "a number or a list of numbers",
}


def shown_path(path: Path) -> str:
    """Return a path as people write it: ``config.process[0].train.lr``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
