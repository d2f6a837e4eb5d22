"""A config file as a tree whose every part knows where it stands, whatever format it was written in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

MAX_DEPTH = 64
"""Levels of nesting; real configs have at most ten."""
MAX_NODES = 8_000
"""Values, lists and tables; ai-toolkit's longest example has about 200."""

Scalar = bool | int | float | str | None
Path = tuple[str | int, ...]
"""Keys and indexes from the root, e.g. ``("config", "process", 0, "train", "lr")``."""


class Format(StrEnum):
    """How a config is written down."""

    YAML = "yaml"
    TOML = "toml"
    JSON = "json"
    COMMAND = "command"
    ARGV = "argv"
    """A Python list of arguments, as a crashed launcher prints it."""


@dataclass(slots=True)
class Leaf:
    """A single value. `start` and `end` are character offsets of the value as written, quotes included."""

    value: Scalar
    start: int
    end: int
    quoted: bool = False


@dataclass(slots=True)
class Items:
    """A list. `flow` is true where it is written in brackets."""

    items: list[Node]
    start: int
    end: int
    flow: bool = True


@dataclass(slots=True)
class Table:
    """A mapping. `keys` holds the offset of each key; a key that stands twice keeps its last value."""

    entries: dict[str, Node]
    keys: dict[str, int]
    start: int
    end: int
    flow: bool = False


Node = Leaf | Items | Table


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the text itself. `kind` is the id of a pitfall."""

    kind: str
    offset: int
    values: dict[str, str] = field(default_factory=dict)


class TooLargeError(Exception):
    """The text nests too deeply or holds too many values to be a config."""


@dataclass
class Tree:
    """What parsing a text gives. After a syntax error `root` holds what could be read before or around it."""

    text: str
    format: Format
    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    broken: bool = False
    """True where the trainer's own parser would refuse the text."""

    @cached_property
    def _breaks(self) -> list[int]:
        return [index for index, char in enumerate(self.text) if char == "\n"]

    def line(self, offset: int) -> int:
        """Return the 0-based line of a character offset."""
        return bisect_right(self._breaks, offset - 1)

    def get(self, path: Path, start: Node | None = None) -> Node | None:
        """Return the node at `path` below `start` (by default the root), or None."""
        node = self.root if start is None else start
        for step in path:
            if isinstance(node, Table) and isinstance(step, str):
                node = node.entries.get(step)
            elif isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.items):
                node = node.items[step]
            else:
                return None
        return node


class Budget:
    """Counts nodes while a tree is built, and raises `TooLargeError` beyond `MAX_NODES` or `MAX_DEPTH`."""

    def __init__(self) -> None:
        self._nodes = 0

    def spend(self, depth: int) -> None:
        """Account for one more node at `depth`."""
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise TooLargeError


def leaves(node: Node | None, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Yield every value below `node` with its path; a part that aliases share is visited once."""
    stack: list[tuple[Path, Node]] = [(path, node)] if node is not None else []
    seen: set[int] = set()
    while stack:
        here, current = stack.pop()
        if isinstance(current, Leaf):
            yield here, current
            continue
        if id(current) in seen:
            continue
        seen.add(id(current))
        children: list[tuple[Path, Node]]
        if isinstance(current, Table):
            children = [((*here, key), child) for key, child in current.entries.items()]
        else:
            children = [((*here, index), child) for index, child in enumerate(current.items)]
        stack.extend(reversed(children))
