"""JSON to a tree, as lenient as can be: a broken file still shows its values, with the first mistake named."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from diagnostics.config.formats.scalars import number
from diagnostics.config.tree import Budget, Format, Items, Leaf, Node, Problem, Scalar, Table, Tree

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\ufeff]+)"
    r"|(?P<comment>//[^\n]*|\#[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*+")'
    r"|(?P<mark>[{}\[\],:])"
    r'|(?P<open>"[^\n]*)'
    r"|(?P<word>[^\s{}\[\],:\"]+)"
    r"|(?P<other>.)"
)
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_WORDS |= {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')


@dataclass(slots=True)
class _Open:
    node: Items | Table
    key: str | None = None
    key_at: int = 0
    colon: bool = False
    full: bool = False
    """An item is complete: next comes a comma or the end."""
    comma: int = -1
    """Offset of a comma that still waits for its next item."""


def parse_json(text: str) -> Tree:
    """Parse `text`. Comments and stray commas are read but named: Python refuses them. Raises `TooLargeError`."""
    return _Builder(text).run()


class _Builder:
    def __init__(self, text: str) -> None:
        self.tree = Tree(text, Format.JSON)
        self._stack: list[_Open] = []
        self._budget = Budget()

    def run(self) -> Tree:
        done = False
        for match in _TOKEN.finditer(self.tree.text):
            kind, token, at = match.lastgroup, match.group(), match.start()
            if kind == "space":
                continue
            if done:
                self._problem("json-syntax", at, problem="text after the closing bracket")
                break
            if kind == "comment":
                self._problem("json-comment", at)
            elif kind == "mark":
                self._mark(token, at)
                done = not self._stack
            else:
                self._value(kind, token, at, match.end())
                done = not self._stack
        if self._stack:
            end = len(self.tree.text.rstrip())
            opened = self._stack[-1].node.start
            line = str(self.tree.line(opened) + 1)
            self._problem("json-unclosed", max(end - 1, 0), opened=line)
            for entry in self._stack:
                entry.node.end = end
        return self.tree

    def _problem(self, kind: str, at: int, **values: str) -> None:
        # the first mistake is the one the trainer stops at; what follows is often its echo
        if not self.tree.broken:
            self.tree.problems.append(Problem(kind, at, values))
            self.tree.broken = True

    def _mark(self, mark: str, at: int) -> None:
        top = self._stack[-1] if self._stack else None
        if mark in "{[":
            node: Table | Items = Table({}, {}, at, at + 1, True) if mark == "{" else Items([], at, at + 1)
            self._add(node, at)
            self._stack.append(_Open(node))
        elif top is None:
            self._problem("json-syntax", at, problem=f"'{mark}' with nothing before it")
        elif mark in "}]":
            if top.comma >= 0:
                self._problem("json-trailing-comma", top.comma)
            if (mark == "}") != isinstance(top.node, Table):
                self._problem("json-syntax", at, problem=f"'{mark}' closes what another bracket opened")
            top.node.end = at + 1
            self._stack.pop()
        elif mark == ",":
            if not top.full:
                self._problem("json-syntax", at, problem="a comma where a value should be")
            top.full, top.comma, top.key = False, at, None
        else:
            if top.key is None or top.colon:
                self._problem("json-syntax", at, problem="a colon where none belongs")
            top.colon = True

    def _value(self, kind: str | None, token: str, at: int, end: int) -> None:
        self._budget.spend(len(self._stack))
        top = self._stack[-1] if self._stack else None
        value, quoted = self._decode(kind, token, at)
        if top is not None and isinstance(top.node, Table) and not top.colon:
            if top.full:
                self._problem("json-missing-comma", at)
            top.key, top.key_at, top.full = str(value), at, False
            return
        self._add(Leaf(value, at, end, quoted), at)

    def _decode(self, kind: str | None, token: str, at: int) -> tuple[Scalar, bool]:
        if kind == "string":
            try:
                return json.loads(token, strict=False), True
            except ValueError:
                self._problem("json-escape", at, value=token[:80])
                repaired = _BAD_ESCAPE.sub(r"\\\\", token)
                try:
                    return json.loads(repaired, strict=False), True
                except ValueError:
                    return token[1:-1], True
        if kind == "open":
            self._problem("json-unclosed-quote", at)
            return token[1:].rstrip(" ,\r"), True
        if token in _WORDS:
            return _WORDS[token], False
        value = number(token)
        if value is None:
            self._problem("json-word", at, value=token[:60])
            if token in ("True", "False", "None"):
                return {"True": True, "False": False}.get(token), False
        return token if value is None else value, False

    def _add(self, node: Node, at: int) -> None:
        self._budget.spend(len(self._stack))
        if not self._stack:
            self.tree.root = node
            return
        top = self._stack[-1]
        if top.full:
            self._problem("json-missing-comma", at)
        if isinstance(top.node, Items):
            top.node.items.append(node)
        elif top.key is not None and top.colon:
            if top.key in top.node.entries:
                twice = {"key": top.key, "first": str(self.tree.line(top.node.keys[top.key]) + 1)}
                self.tree.problems.append(Problem("duplicate-key", top.key_at, twice))
            top.node.entries[top.key] = node
            top.node.keys[top.key] = top.key_at
        else:
            self._problem("json-syntax", at, problem="a value without a name")
        top.full, top.colon, top.comma = True, False, -1
