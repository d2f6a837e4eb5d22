"""Cuts a message into sentences of the person's own, each with its line; what a program printed is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
"""Of a longer message only the beginning is read: people say what is wrong before they paste."""
_LONG_LINE = 60
_LOOKED_AT = 400
"""Characters of a line that tell whether a program printed it: some patterns take the square of what they search."""
_END = re.compile(r"[.!?…]+(?=[\s\"')\]]|$)|[\u3002\uff01\uff1f\uff1b;]+")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MACHINE = re.compile(
    r"""
    ^\s*File\s"[^"]*",\sline\s\d+            # frame of a traceback
    |^\s*Error\s(?:caught\swas|running\sjob)\b
    |^\s*Traceback\s\(most\srecent
    |^\s*[\w.]*[A-Za-z](?:Error|Exception|Warning|Interrupt)\b:?(?:\s|$)
    |\d+/\d+\s\[[^\]]*(?:it/s|s/it|<|\?)     # progress bar
    |^\s*\[?\d{4}[-/]\d\d[-/]\d\d[T\s,]      # timestamp
    |^\s*\[?\d\d:\d\d:\d\d\b
    |^\s*(?:INFO|DEBUG|WARNING|ERROR|CRITICAL)\b
    |^\s*[$>#]\s*(?:python|pip|accelerate|cd|bash|sh|git)\b
    |^\s*(?:python3?|accelerate|pip3?)\s+\S+.*\s--?\w
    |^\s*-?\s*["']?[A-Za-z_][\w.]*["']?\s*[:=]\s*["'\[{]?[\w./\\:+-]*["'\]}]?,?\s*(?:\#.*)?$   # setting
    |^\s*[{}\[\](),]+\s*$
    |^\s*\S+\.py:\d+:\s                       # Python warning
    |[a-z]\s/\s[\u3040-\u30ff\u4e00-\u9fff].*:?   # sd-scripts says everything twice: English / Japanese
    |(?:\b\w+=\S+\s*){4,}
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, and the 1-based line on which it begins."""

    text: str
    line: int


def sentences(prose: str, first_line: int = 1) -> Iterator[Sentence]:
    """Yield the sentences of `prose` in order; fenced blocks, tracebacks, bars and settings are passed over.

    Reads at most `MOST_CHARACTERS`. A line feed ends a sentence, unless the line is so long that it was wrapped and the
    next one goes on in lower case.
    """
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), prose[:MOST_CHARACTERS])
    for start, paragraph in _paragraphs(text.split("\n"), first_line):
        begin = 0
        for end in [*(found.end() for found in _END.finditer(paragraph)), len(paragraph)]:
            piece = paragraph[begin:end]
            if piece.strip():
                skipped = len(piece) - len(piece.lstrip())
                yield Sentence(" ".join(piece.split()), start + paragraph.count("\n", 0, begin + skipped))
            begin = end


def _paragraphs(lines: list[str], first_line: int) -> Iterator[tuple[int, str]]:
    fenced = False
    held: list[str] = []
    start = first_line
    for number, raw in enumerate(lines, first_line):
        seen = raw.strip()[:_LOOKED_AT]
        if _FENCE.match(seen):
            fenced = not fenced
            continue
        if fenced or _MACHINE.search(seen):
            continue
        line = _LINK.sub(" ", raw).rstrip()
        wrapped = held and len(held[-1]) > _LONG_LINE and line.lstrip()[:1].islower()
        if held and not (wrapped and number == start + len(held)):
            yield start, "\n".join(held)
            held = []
        if not held:
            start = number
        held.append(line)
    if held:
        yield start, "\n".join(held)
