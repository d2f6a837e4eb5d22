"""YAML to a tree: events only, so no object is ever built, no alias expanded and no depth recursed into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml._yaml import Mark as _CMark

from diagnostics.config.formats.scalars import yaml_scalar
from diagnostics.config.tree import Budget, Format, Items, Leaf, Node, Problem, Scalar, Table, Tree

_BOM = "\ufeff"
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({"str", "int", "float", "bool", "null", "map", "seq", "timestamp", "binary"})
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class _Open:
    """A list or table whose end has not come yet; `key` waits for its value."""

    node: Items | Table
    key: str | None = None
    key_at: int = 0


def parse_yaml(text: str) -> Tree:
    """Parse the first document of `text`. A syntax error leaves what came before it, with the error in `problems`.

    Raises `TooLargeError`.
    """
    builder = _Builder(text)
    try:
        builder.run()
    except yaml.MarkedYAMLError as error:
        builder.fail(error)
    except (yaml.YAMLError, ValueError):
        match = _UNPRINTABLE.search(text)
        builder.tree.problems.append(Problem("yaml-unprintable", match.start() if match else 0))
        builder.tree.broken = True
    return builder.tree


_MANY_ALIASES = 50
"""A config may name a block of defaults a few times; more is a file that unfolds to something enormous."""


class _Builder:
    def __init__(self, text: str) -> None:
        self.tree = Tree(text, Format.YAML)
        # libyaml does not count a byte order mark
        self._shift = 1 if text.startswith(_BOM) else 0
        self._text = text.removeprefix(_BOM)
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._aliases = 0
        self._budget = Budget()

    def run(self) -> None:
        for event in self._events():
            start, end = self._offset(event.start_mark), self._offset(event.end_mark)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, start, end)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event.anchor or "", start, end)
            elif isinstance(event, yaml.MappingStartEvent):
                self._open(Table({}, {}, start, end, bool(event.flow_style)), event, start)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._open(Items([], start, end, bool(event.flow_style)), event, start)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                closed = self._stack.pop().node
                closed.end = end
                if isinstance(closed, Table):
                    _merge(closed)

    def _events(self) -> Iterator[yaml.Event]:
        for event in yaml.parse(self._text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentEndEvent):
                return
            yield event

    def _open(self, node: Items | Table, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, start: int) -> None:
        self._note_tag(event.tag, start)
        self._add(node, start, event.anchor)
        self._stack.append(_Open(node))

    def _scalar(self, event: yaml.ScalarEvent, start: int, end: int) -> None:
        quoted = bool(event.style)  # libyaml gives "" for plain
        self._note_tag(event.tag, start)
        value: Scalar = event.value if quoted else yaml_scalar(event.value)
        tag = (event.tag or "").removeprefix(_STANDARD)
        if tag == "str":
            value = event.value
        elif tag in ("int", "float"):
            value = yaml_scalar(event.value)
        self._add(Leaf(value, start, end, quoted), start, event.anchor)

    def _offset(self, mark: yaml.Mark | _CMark | None) -> int:
        return mark.index + self._shift if mark else 0

    def _alias(self, anchor: str, start: int, end: int) -> None:
        self._aliases += 1
        if self._aliases == _MANY_ALIASES:
            self.tree.problems.append(Problem("alias-flood", start, {}))
        if anchor not in self._anchors:
            shown = {"char": "*", "value": self.tree.text[start:end][:60]}
            self.tree.problems.append(Problem("yaml-special-start", start, shown))
            self.tree.broken = True
        self._add(self._anchors.get(anchor, Leaf(None, start, end)), start, None)

    def _add(self, node: Node, start: int, anchor: str | None) -> None:
        self._budget.spend(len(self._stack))
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.tree.root = node
            return
        top = self._stack[-1]
        if isinstance(top.node, Items):
            top.node.items.append(node)
        elif top.key is None:
            top.key, top.key_at = self._key(node, start), start
        else:
            if top.key in top.node.entries:
                twice = {"key": top.key, "first": str(self.tree.line(top.node.keys[top.key]) + 1)}
                self.tree.problems.append(Problem("duplicate-key", top.key_at, twice))
            top.node.entries[top.key] = node
            top.node.keys[top.key] = top.key_at
            top.key = None

    def _key(self, node: Node, start: int) -> str:
        # "true: 1" has the key True in YAML; as written is what people search for
        return self.tree.text[start : node.end].strip("\"'") if isinstance(node, Leaf) else f"({start})"

    def _note_tag(self, tag: str | None, start: int) -> None:
        name = (tag or "").removeprefix(_STANDARD)
        if tag and tag != "!" and name not in _PLAIN_TAGS:
            self.tree.problems.append(Problem("unknown-tag", start, {"tag": name[:60]}))

    def fail(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        offset = min(self._offset(mark), len(self.tree.text))
        opened = min(self._offset(error.context_mark), len(self.tree.text)) if error.context_mark else offset
        self.tree.problems.append(explain(self.tree.text, error.problem or "", offset, opened))
        self.tree.broken = True


def _merge(table: Table) -> None:
    """Apply a merge key (``<<: *defaults``): its entries hold where the table has none of its own."""
    source = table.entries.pop("<<", None)
    sources = source.items if isinstance(source, Items) else [source]
    for merged in sources:
        if isinstance(merged, Table) and merged is not table:
            for key, node in list(merged.entries.items()):
                table.entries.setdefault(key, node)
                table.keys.setdefault(key, merged.keys[key])


_VALUE = re.compile(r"\s*(?:-\s+)*(?:[^\s:#\"'\[{][^:#\n]{0,80}:\s+)?(?P<value>\S.*)$")
_BRACKETED = re.compile(r"\[[^\]\n]*\]\s*[^\s,#\]]")
_QUOTED_EARLY = re.compile(r"(?P<quote>['\"])(?:(?!(?P=quote)).)*(?P=quote)\s*[^\s#,}\]:]")
_LINES_ABOVE = 30
_INDENT = ("expected key", "expected '-' indicator", "expected <document start>", "block mapping", "block end")


def explain(text: str, problem: str, offset: int, opened: int) -> Problem:
    """Name the cause of a YAML error and the place to look at: for something never closed, where it was opened."""
    line, at = _line_at(text, offset)
    opening, open_at = _line_at(text, opened)
    values = {"problem": problem}
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Problem("yaml-tab", at, values)
    if "escape" in problem or "hexdecimal" in problem or "Unicode character" in problem:
        return Problem("yaml-escape", at, values)
    if "unexpected end of stream" in problem or "unexpected document indicator" in problem:
        return Problem("yaml-unclosed-quote", open_at, {**values, "value": opening.strip()[:80]})
    for candidate, place in ((line, at), (opening, open_at)):
        if (match := _VALUE.match(candidate)) and (value := match["value"]):
            shown = {**values, "value": value.strip()[:60], "char": value[0]}
            if _BRACKETED.match(value):
                return Problem("yaml-bracket-value", place, shown)
            if value[0] in "@`%":
                return Problem("yaml-special-start", place, shown)
            if _QUOTED_EARLY.match(value):
                return Problem("yaml-quote-inside", place, shown)
    if (quote_at := _unclosed_above(text, at)) is not None:
        return Problem("yaml-unclosed-quote", quote_at, {**values, "value": _line_at(text, quote_at)[0].strip()[:80]})
    if "',' or" in problem:
        return Problem("yaml-unclosed-bracket", open_at, values)
    if "could not find expected ':'" in problem:
        return Problem("yaml-no-colon", open_at, {**values, "value": opening.strip()[:60]})
    if "mapping values are not allowed" in problem:
        deeper = _steps_in_below_a_value(text, at)
        return Problem("yaml-indent" if deeper else "yaml-colon", at, values)
    if any(part in problem for part in _INDENT):
        return Problem("yaml-indent", at, values)
    return Problem("yaml-syntax", at, values)


def _unclosed_above(text: str, at: int) -> int | None:
    """Return where a value above `at` opens a quote and does not close it: the next quote then closes it too early."""
    for _ in range(_LINES_ABOVE):
        line, start = _line_at(text, at)
        match = _VALUE.match(line)
        value = match["value"].split(" #")[0].strip() if match else ""
        if value[:1] in ("'", '"') and value.count(value[0]) == 1:
            return start
        at = text.rfind("\n", 0, start)
        if at < 0:
            return None
    return None


def _steps_in_below_a_value(text: str, at: int) -> bool:
    """Tell whether the line at `at` is indented deeper than a line above it that already has its value."""
    above, here = text[:at].rstrip(), at - text.rfind("\n", 0, at)
    line = above[above.rfind("\n") + 1 :]
    return (
        bool(above)
        and "\n" in text[len(above) : at]
        and not line.endswith(":")
        and here > len(line) - len(line.lstrip()) + 1
    )


def _line_at(text: str, offset: int) -> tuple[str, int]:
    """Return the line around `offset` (the last one with text, where `offset` is the end) and where its text starts."""
    if not text[offset:].strip():
        offset = len(text.rstrip())
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else len(text)]
    return line, start + len(line) - len(line.lstrip())
