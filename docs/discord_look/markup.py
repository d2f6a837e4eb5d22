"""Discord's Markdown as its clients read it, as a tree: for the picture, and to test that nothing slips through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"```(?:([a-z0-9_+.#-]+)\n)?\n*(.*?)\n*```", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(r"(?P<sign>#{1,3}|-#|[-*]|>|\d+\.)\s+(?P<rest>\S.*)")
_INLINE = re.compile(
    r"""
      \\(?P<escaped>[^0-9A-Za-z\s])
    | (?P<ticks>`+)(?P<code>.*?[^`])(?P=ticks)(?!`)
    | <(?P<mention>@[!&]?\d+|\#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|id:\w+|/[\w -]+:\d+)>
    | (?P<everyone>@(?:everyone|here))
    | \[(?P<label>[^\]]+)\]\(<?(?P<target>https?://[^)\s]+)>?\)
    | (?P<url><?https?://[^\s<]+)
    | \*\*(?P<bold>.+?)\*\*(?!\*)
    | __(?P<under>.+?)__(?!_)
    | \*(?P<italic>\S(?:.*?\S)?)\*(?!\*)
    | \b_(?P<slanted>[^_]+)_\b
    | ~~(?P<struck>.+?)~~
    | \|\|(?P<spoiler>.+?)\|\|
    | :(?P<emoji>[a-z0-9_+-]{2,}):
    """,
    re.VERBOSE | re.DOTALL,
)
_STYLES = ("bold", "under", "italic", "slanted", "struck", "spoiler")
_SIGNS = {"#": "h1", "##": "h2", "###": "h3", "-#": "small", "-": "item", "*": "item", ">": "quote"}


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a message: its `kind`, and either its text or what it is made of."""

    kind: str
    text: str = ""
    children: tuple[Node, ...] = ()
    language: str = ""

    def shown(self) -> str:
        """Return the text that a reader sees."""
        return self.text + "".join(child.shown() for child in self.children)

    def kinds(self) -> Iterator[str]:
        """Yield the kinds of this and everything below."""
        yield self.kind
        for child in self.children:
            yield from child.kinds()


def read(text: str) -> tuple[Node, ...]:
    """Return the blocks of a message."""
    nodes: list[Node] = []
    at = 0
    for match in _FENCE.finditer(text):
        nodes += _lines(text[at : match.start()])
        nodes.append(Node("fence", match.group(2), language=match.group(1) or ""))
        at = match.end()
    return (*nodes, *_lines(text[at:]))


def _lines(text: str) -> Iterator[Node]:
    for line in text.strip("\n").split("\n") if text.strip("\n") else ():
        match = _BLOCK.fullmatch(line.lstrip(" "))
        if match:
            yield Node(_SIGNS.get(match["sign"], "number"), children=inline(match["rest"]))
        else:
            yield Node("line", children=inline(line))


def inline(text: str) -> tuple[Node, ...]:
    """Return the spans of a line."""
    nodes: list[Node] = []
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            nodes.append(Node("text", text[at : match.start()]))
        at = match.end()
        nodes.append(_span(match))
    return (*nodes, Node("text", text[at:])) if at < len(text) else tuple(nodes)


def _span(match: re.Match[str]) -> Node:
    if match["escaped"]:
        return Node("text", match["escaped"])
    if match["code"]:
        return Node("code", match["code"].strip() or match["code"])
    for style in _STYLES:
        if match[style]:
            return Node(style, children=inline(match[style]))
    if match["label"]:
        return Node("link", children=inline(match["label"]))
    kind = next(name for name in ("mention", "everyone", "url", "emoji") if match[name])
    return Node(kind, match[0])
