"""Launch commands to a tree: what a person typed into a shell, or the argument list that a crashed launcher prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diagnostics.config.tree import Budget, Format, Items, Leaf, Node, Problem, Scalar, Table, Tree

PROGRAM = "(program)"
"""Key of the words before the script's own options: launcher, its options, script."""

_CONTINUED = re.compile(r"(?:\\|\^|`)[ \t]*\r?\n")
_SPACED = re.compile(r"(?:\\|\^|`)[ \t]+\r?\n[ \t]*-")
_STRING = re.compile(r"""'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\"""", re.DOTALL)
_PYTHON_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SETUP = re.compile(
    r"[ \t]*(?:(?:#|rem\b|::|@echo\b)[^\n]*"
    r"|(?:export[ \t]+|set[ \t]+)?[A-Za-z_]\w{0,60}=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"';&|]*)[ \t]*"
    r"|(?:cd|source|set|mkdir|echo|pip3?|conda|modelscope|hf|huggingface-cli|\.)[ \t][^\n;&|\\]*"
    r"|)\r?(?:\n|$)",
    re.IGNORECASE,
)
"""A line of a shell script that only prepares the command: comments, variables, folders, downloads."""
_ENDS = frozenset(";|&")
_SCRIPT = re.compile(r"\.py$", re.IGNORECASE)
_OPTION = re.compile(r"--?[A-Za-z][\w-]*(?:=|$)")


@dataclass(frozen=True, slots=True)
class Token:
    """One argument. `start` and `end` enclose it as written."""

    text: str
    start: int
    end: int
    quoted: bool


def after_setup(text: str) -> int:
    """Return where the first line begins that does more than prepare a command."""
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text) and (match := _SETUP.match(text, at)) is not None and match.end() > at:
        at = match.end()
    return at


def parse_command(text: str) -> Tree:
    """Parse the first command in `text`, over continued lines. Raises `TooLargeError`."""
    tree = _tree(text, _shell(text, after_setup(text)), Format.COMMAND)
    if match := _SPACED.search(text):
        tree.problems.append(Problem("continuation-space", match.start()))
    return tree


def parse_argv(text: str) -> Tree:
    """Parse ``['python', 'train.py', '--lr', ...]``. Raises `TooLargeError`."""
    tokens = [
        Token(_unescape(match.group()[1:-1]), match.start(), match.end(), True) for match in _STRING.finditer(text)
    ]
    return _tree(text, tokens, Format.ARGV)


def _unescape(body: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        if code:
            return chr(int(code, 16))
        char: str = match.group(3)
        return {"n": "\n", "r": "\r", "t": "\t"}.get(char, char)

    return _PYTHON_ESCAPE.sub(one, body)


def _shell(text: str, start: int) -> list[Token]:
    """Split into words, from `start` on. A backslash inside a word stays: in a Windows path it is no escape."""
    tokens: list[Token] = []
    at, size = start, len(text)
    while at < size:
        if match := _CONTINUED.match(text, at):
            at = match.end()
            continue
        char = text[at]
        if char in "\r\n":
            # pasted commands often lose their continuation marks: an option on the next line still belongs
            rest = re.compile(r"\s*").match(text, at)
            following = rest.end() if rest else size
            if tokens and not text.startswith("--", following):
                break
            at = following
            continue
        if char in " \t":
            at += 1
            continue
        if char == "#" or (char in _ENDS and tokens):
            if char == "#":
                newline = text.find("\n", at)
                at = newline if newline >= 0 else size
                continue
            break
        token = _word(text, at)
        tokens.append(token)
        at = max(token.end, at + 1)
    return tokens


def _word(text: str, start: int) -> Token:
    at, size = start, len(text)
    parts: list[str] = []
    quoted = False
    while at < size and text[at] not in " \t\r\n":
        char = text[at]
        if char in "\"'":
            end = _closing(text, at)
            if end > 0:
                parts.append(text[at + 1 : end])
                quoted, at = True, end + 1
                continue
        elif (char in "\\^`" and _CONTINUED.match(text, at)) or (char in ";|" and parts):
            break
        parts.append(char)
        at += 1
    return Token("".join(parts), start, at, quoted)


def _closing(text: str, at: int) -> int:
    """Return where the quote at `at` closes on its line, or -1."""
    newline = text.find("\n", at)
    return text.find(text[at], at + 1, newline if newline >= 0 else len(text))


def _tree(text: str, tokens: Sequence[Token], form: Format) -> Tree:
    tree = Tree(text, form)
    budget = Budget()
    first = _first_option(tokens)
    root = Table({}, {}, tokens[0].start if tokens else 0, tokens[-1].end if tokens else 0)
    program = [_leaf(token) for token in tokens[:first]]
    root.entries[PROGRAM] = Items(list(program), root.start, tokens[first - 1].end if first else root.start)
    root.keys[PROGRAM] = root.start
    index = first
    while index < len(tokens):
        token = tokens[index]
        index += 1
        budget.spend(1)
        if not _OPTION.match(token.text):
            continue
        name, equals, value = token.text.partition("=")
        values: list[Leaf] = []
        if equals:
            values.append(
                Leaf(value, token.start + text[token.start : token.end].index("=") + 1, token.end, token.quoted)
            )
        while not equals and index < len(tokens) and not _OPTION.match(tokens[index].text):
            values.append(_leaf(tokens[index]))
            index += 1
        key = name.lstrip("-").replace("-", "_")
        node: Node = Leaf(True, token.start, token.end) if not values else values[0]
        if len(values) > 1:
            node = Items(list(values), values[0].start, values[-1].end)
        root.entries[key], root.keys[key] = node, token.start
    tree.root = root
    return tree


def _first_option(tokens: Sequence[Token]) -> int:
    """Return the index of the script's own first option: those before the script are the launcher's."""
    for index, token in enumerate(tokens):
        if _SCRIPT.search(token.text) and not token.text.startswith("--"):
            return index + 1
        if token.text == "-m" and index + 1 < len(tokens) and not tokens[index + 1].text.startswith("-"):
            return index + 2
    return next((index for index, token in enumerate(tokens) if _OPTION.match(token.text)), len(tokens))


def _leaf(token: Token) -> Leaf:
    value: Scalar = token.text
    return Leaf(value, token.start, token.end, token.quoted)
