"""A broken YAML text read line by line: whatever can still be understood, by indentation alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diagnostics.config.formats.scalars import yaml_scalar
from diagnostics.config.tree import Budget, Items, Leaf, Node, Table, TooLargeError

_LINE = re.compile(
    r"(?P<indent>[ \t\u00a0]*)(?P<dash>-[ \t]+)?"
    r"(?P<key>\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|[\w.\-/]{1,80})[ \t]*:(?:[ \t]+(?P<value>\S.*)?)?$"
)
_ITEM = re.compile(r"(?P<indent>[ \t\u00a0]*)-[ \t]+(?P<value>\S.*)$")
_LONGEST_LIST = 200
_STEP = 2
"""Columns of one level in ai-toolkit's files."""


@dataclass(slots=True)
class _Frame:
    """A table that lines may still be added to. `holder` and `key` say where it hangs."""

    width: int
    table: Table
    holder: Table | None = None
    key: str = ""
    items: Items | None = None
    """Set where the table turned out to be a list."""

    def list(self, at: int) -> Items:
        if self.items is None:
            self.items = Items([], at, at, flow=False)
            if self.holder is not None:
                self.holder.entries[self.key] = self.items
        return self.items


def read_lines(text: str) -> Table:
    """Return a table of every ``key: value`` line, nested by indentation. Never raises; stops at the budget."""
    reader = _Reader(len(text))
    budget, at = Budget(), 0
    for line in text.split("\n"):
        try:
            budget.spend(len(reader.frames))
        except TooLargeError:
            break
        reader.line(line.rstrip("\r"), at)
        at += len(line) + 1
    return reader.root


class _Reader:
    def __init__(self, size: int) -> None:
        self.root = Table({}, {}, 0, size)
        self.frames = [_Frame(-1, self.root)]
        self._last = 0
        """Column of the last key."""
        self._opened = False
        """The last line opened a table."""
        self._tabs: dict[str, int] = {}
        """What column each indentation with tabs stood for since the last line without."""

    def line(self, line: str, at: int) -> None:
        if match := _LINE.match(line):
            self._pair(match, at)
        elif match := _ITEM.match(line):
            self._close(self._width(match["indent"]), dash=True)
            self.frames[-1].list(at).items.append(_value(_bare(match["value"]), at + match.start("value")))

    def _pair(self, match: re.Match[str], at: int) -> None:
        width = self._width(match["indent"])
        self._close(width, dash=bool(match["dash"]))
        key, start = match["key"].strip("\"'"), at + match.start("key")
        if match["dash"]:
            table = Table({}, {}, start, start)
            self.frames[-1].list(start).items.append(table)
            width += len(match["dash"])
            # the keys that follow stand below this one, not inside it
            self.frames.append(_Frame(width - 1, table))
        parent = self.frames[-1].table
        parent.keys[key] = start
        value = _bare(match["value"] or "")
        self._last, self._opened = width, not value
        if value:
            parent.entries[key] = _value(value, at + match.start("value"))
            return
        child = Table({}, {}, at + match.end(), at + match.end())
        parent.entries[key] = child
        self.frames.append(_Frame(width, child, parent, key))

    def _width(self, indent: str) -> int:
        if "\t" not in indent:
            self._tabs.clear()
            return len(indent)
        # how wide a tab was meant to be nobody can tell; that it goes deeper after "key:" is sure
        return self._tabs.setdefault(indent, self._last + (_STEP if self._opened else 0))

    def _close(self, width: int, dash: bool) -> None:
        """Leave the tables that a line at `width` no longer belongs to; a list may stand in the column of its key."""
        while len(self.frames) > 1:
            top = self.frames[-1]
            same_column = top.width == width and dash and not top.table.entries and top.holder is not None
            if top.width < width or same_column:
                return
            self.frames.pop()


def _bare(value: str) -> str:
    return "" if value.startswith("#") else value.split(" #")[0].strip()


def _value(value: str, begin: int) -> Node:
    end = begin + len(value)
    if value[:1] == "[" and value[-1:] == "]" and len(value) > 1:
        parts: list[Node] = []
        offset = begin + 1
        for part in value[1:-1].split(",", _LONGEST_LIST)[:_LONGEST_LIST]:
            word = part.strip()
            if word:
                start = offset + part.index(word[0])
                parts.append(Leaf(yaml_scalar(word), start, start + len(word)))
            offset += len(part) + 1
        return Items(parts, begin, end)
    if value[:1] in ("'", '"'):
        return Leaf(value.strip(value[0]), begin, end, quoted=True)
    return Leaf(yaml_scalar(value), begin, end)
