"""TOML to a tree with positions: as lenient as the `toml` package that trainers use, and further to save a value."""

from __future__ import annotations

import re
import tomllib

from diagnostics.config.formats.scalars import toml_scalar
from diagnostics.config.tree import Budget, Format, Items, Leaf, Node, Problem, Scalar, Table, Tree

_KEY = re.compile(r"""[A-Za-z0-9_\-]+|"[^"\n]{0,200}"|'[^'\n]{0,200}'""")
_SPACE = re.compile(r"[ \t\r\ufeff]*")
_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]+|#[^\n]*)*+")
_WORD = re.compile(r"[^\s,\]}#]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\s*\n\s*|(.))", re.DOTALL)


def parse_toml(text: str) -> Tree:
    """Parse `text`. What the standard library accepts is never called broken. Raises `TooLargeError`."""
    parser = _Parser(text)
    parser.run()
    tree = parser.tree
    if tree.broken and _is_valid(text):
        tree.broken, tree.problems = False, []
    return tree


def _is_valid(text: str) -> bool:
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return False
    return True


class _Parser:
    def __init__(self, text: str) -> None:
        self.tree = Tree(text, Format.TOML)
        self._root = Table({}, {}, 0, len(text))
        self.tree.root = self._root
        self._table = self._root
        self._at = 0
        self._budget = Budget()
        self._declared: set[int] = set()

    def run(self) -> None:
        text = self.tree.text
        while True:
            self._at = _BLANK.match(text, self._at).end()  # type: ignore[union-attr]
            if self._at >= len(text):
                return
            if text[self._at] == "[":
                self._header()
            else:
                self._pair(self._table)
            self._end_of_line()

    def _problem(self, kind: str, at: int, **values: str) -> None:
        if not self.tree.broken:
            self.tree.problems.append(Problem(kind, at, values))
            self.tree.broken = True

    def _spaces(self) -> None:
        self._at = _SPACE.match(self.tree.text, self._at).end()  # type: ignore[union-attr]

    def _peek(self) -> str:
        return self.tree.text[self._at : self._at + 1]

    def _end_of_line(self) -> None:
        self._spaces()
        end = self.tree.text.find("\n", self._at)
        rest = self.tree.text[self._at : end if end >= 0 else len(self.tree.text)]
        if rest.strip() and not rest.startswith("#"):
            self._problem("toml-syntax", self._at, value=rest.strip()[:60])
        self._at = end if end >= 0 else len(self.tree.text)

    def _keys(self) -> list[tuple[str, int]]:
        keys = []
        while match := _KEY.match(self.tree.text, self._at):
            keys.append((match.group().strip("\"'"), self._at))
            self._at = match.end()
            self._spaces()
            if self._peek() != ".":
                break
            self._at += 1
            self._spaces()
        return keys

    def _header(self) -> None:
        start = self._at
        array = self.tree.text.startswith("[[", start)
        self._at += 2 if array else 1
        self._spaces()
        keys = self._keys()
        closing = "]]" if array else "]"
        if not keys or not self.tree.text.startswith(closing, self._at):
            self._problem("toml-syntax", start, value=self.tree.text[start : start + 60].split("\n")[0])
            return
        self._at += len(closing)
        parent = self._below(self._root, keys[:-1])
        name, at = keys[-1]
        self._budget.spend(len(keys))
        existing = parent.entries.get(name)
        if array:
            table = Table({}, {}, start, start)
            if isinstance(existing, Items):
                existing.items.append(table)
            else:
                parent.entries[name], parent.keys[name] = Items([table], start, start, flow=False), at
        elif isinstance(existing, Table):
            table = existing
            if id(table) in self._declared:
                self._problem("toml-duplicate", start, key=name)
        else:
            table = Table({}, {}, start, start)
            parent.entries[name], parent.keys[name] = table, at
        self._declared.add(id(table))
        self._table = table

    def _below(self, table: Table, keys: list[tuple[str, int]]) -> Table:
        for name, at in keys:
            child = table.entries.get(name)
            if isinstance(child, Items) and child.items and isinstance(child.items[-1], Table):
                child = child.items[-1]
            if not isinstance(child, Table):
                self._budget.spend(0)
                child = Table({}, {}, at, at)
                table.entries[name], table.keys[name] = child, at
            table = child
        return table

    def _pair(self, table: Table, depth: int = 1) -> bool:
        """Read ``key = value`` into `table`; false where there is none."""
        start = self._at
        keys = self._keys()
        mark = self._peek()
        if not keys or mark not in ("=", ":"):
            end = self.tree.text.find("\n", start)
            line = self.tree.text[start : end if end >= 0 else len(self.tree.text)]
            self._problem("toml-syntax", start, value=line.strip()[:60])
            self._at = start + len(line)
            return False
        if mark == ":":
            self._problem("toml-colon", start, key=keys[-1][0])
        self._at += 1
        self._spaces()
        table = self._below(table, keys[:-1])
        name, at = keys[-1]
        if name in table.entries:
            first = str(self.tree.line(table.keys[name]) + 1)
            self._problem("toml-duplicate", at, key=name, first=first)
        table.entries[name], table.keys[name] = self._value(depth), at
        return True

    def _value(self, depth: int) -> Node:
        self._budget.spend(depth)
        text, start = self.tree.text, self._at
        char = self._peek()
        if char == "[":
            return self._array(depth)
        if char == "{":
            return self._inline(depth)
        if char in ('"', "'") and char:
            return Leaf(self._string(char), start, self._at, quoted=True)
        match = _WORD.match(text, start)
        if match is None:
            self._problem("toml-syntax", start, value="nothing after the equals sign")
            return Leaf(None, start, start)
        self._at = match.end()
        return Leaf(self._word(match.group(), start, top=depth == 1), start, self._at)

    def _word(self, word: str, start: int, top: bool) -> Scalar:
        try:
            return toml_scalar(word)
        except ValueError:
            pass
        if _DATE.match(word):
            return word
        if top:
            end = self.tree.text.find("\n", start)
            line = self.tree.text[start : end if end >= 0 else len(self.tree.text)]
            word = line.split("#")[0].rstrip()
            self._at = start + len(word)
        if word.lower() in ("true", "false"):
            self._problem("toml-bool", start, value=word)
            return word.lower() == "true"
        if re.match(r"[-+]?\.\d", word):
            self._problem("toml-float-digit", start, value=word[:40])
            return float(word) if re.fullmatch(r"[-+]?\.\d{1,30}(?:[eE][-+]?\d{1,3})?", word) else word
        self._problem("toml-bare-word", start, value=word[:60])
        return word

    def _string(self, quote: str) -> str:
        text, start = self.tree.text, self._at
        long = quote * 3
        if text.startswith(long, start):
            end = text.find(long, start + 3)
            body = text[start + 3 : end if end >= 0 else len(text)]
            self._at = end + 3 if end >= 0 else len(text)
            if end < 0:
                self._problem("toml-unclosed-quote", start)
            return self._unescape(body, start + 3) if quote == '"' else body
        newline = text.find("\n", start)
        stop = newline if newline >= 0 else len(text)
        at = start + 1
        while at < stop and text[at] != quote:
            at += 2 if quote == '"' and text[at] == "\\" else 1
        if at >= stop:
            self._problem("toml-unclosed-quote", start)
            self._at = stop
            return text[start + 1 : stop].rstrip("\r")
        self._at = at + 1
        body = text[start + 1 : at]
        return self._unescape(body, start) if quote == '"' else body

    def _unescape(self, body: str, at: int) -> str:
        def one(match: re.Match[str]) -> str:
            short, long, char = match.groups()
            if short or long:
                code = int(short or long, 16)
                return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
            if char is None:
                return ""
            if char not in _ESCAPES:
                self._problem("toml-escape", at, value=body[:80])
                return match.group()
            return _ESCAPES[char]

        return _ESCAPE.sub(one, body)

    def _array(self, depth: int) -> Items:
        items = Items([], self._at, self._at)
        self._at += 1
        while True:
            self._at = _BLANK.match(self.tree.text, self._at).end()  # type: ignore[union-attr]
            char = self._peek()
            if char == "]":
                self._at += 1
                break
            if not char or char in "=}":
                self._problem("toml-unclosed-bracket", items.start)
                break
            items.items.append(self._value(depth + 1))
            self._at = _BLANK.match(self.tree.text, self._at).end()  # type: ignore[union-attr]
            if self._peek() == ",":
                self._at += 1
            elif self._peek() != "]":
                self._problem("toml-unclosed-bracket", items.start)
                break
        items.end = self._at
        return items

    def _inline(self, depth: int) -> Table:
        table = Table({}, {}, self._at, self._at, True)
        self._at += 1
        while True:
            self._at = _BLANK.match(self.tree.text, self._at).end()  # type: ignore[union-attr]
            if self._peek() == "}":
                self._at += 1
                break
            if not self._peek() or not self._pair(table, depth + 1):
                self._problem("toml-unclosed-bracket", table.start)
                break
            self._spaces()
            if self._peek() == ",":
                self._at += 1
            elif self._peek() != "}":
                self._problem("toml-unclosed-bracket", table.start)
                break
        table.end = self._at
        return table
