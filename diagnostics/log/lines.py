"""Physical lines of a log to clean pieces: refreshes apart, colours and launcher prefixes gone, line numbers kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagnostics.bundle import Document

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
_PREFIX = re.compile(
    r"(?:\[rank\d+\]:\s?"
    r"|\[RANK \d+\]\s"
    r"|\[(?:WORKER|UI)\]\s"
    r"|[a-z][\w.]{0,40}-\d{1,3} {1,9}\| "
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,60} [\w./-]{1,60}\[\d{1,7}\]: "
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[[A-Z]{4,8}\] (?:\([\w.]{1,80}\) )?"
    r"|\d\d/\d\d/\d{4} \d\d:\d\d:\d\d - [A-Z]{4,8} - [\w.]{1,80} - "
    r"|\[\d\d:\d\d:\d\d\]\s(?:\[STD(?:OUT|ERR)\]\s)?"
    r"|\[\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?\]\s(?:\[[A-Z]+\]\s?)?"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)\s"
    r"|\d\d:\d\d:\d\d-\d{6}\s(?=[A-Z ])"
    r")"
)
_PREFIXES = 3
"""Launchers and containers stand in front of each other."""
LONGEST = 4_000
"""Characters of one piece that are looked at: the head and the tail of a longer one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One refresh or line: its 1-based line in the file and its clean text."""

    line: int
    text: str


def pieces(document: Document) -> Iterator[Piece]:
    """Yield the pieces of a log in order; empty ones are passed over."""
    for number, physical in enumerate(document.lines, document.first_line):
        for part in physical.split("\r"):
            text = clean(part)
            if text.strip():
                yield Piece(number, text)


def clean(text: str) -> str:
    """Return `text` without escape codes and launcher prefixes, cut in the middle where it is very long."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    for _ in range(_PREFIXES):
        match = _PREFIX.match(text)
        if match is None:
            break
        text = text[match.end() :]
    return text
