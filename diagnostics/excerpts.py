"""The lines around each line of evidence, for those who look at a report on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.bundle import Document, Evidence
from diagnostics.log.blocks import blocks

_AROUND = 3
_MOST = 12
_LONGEST = 300
_MOST_BYTES = 64 << 20
"""Of a large file no more is read than this for the lines around its evidence."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a file with their numbers (1-based), without empty ones; `line` is the one that shows something."""

    file: str
    line: int
    lines: tuple[tuple[int, str], ...]


def excerpts(documents: Sequence[Document], shown: Iterable[Evidence]) -> tuple[Excerpt, ...]:
    """Return the lines around evidence, once each; evidence without a line, or too far on in its file, has none.

    Of several refreshes in one line the last is shown, as a terminal would.
    """
    places = list(dict.fromkeys((each.file, each.line) for each in shown if each.line))[:_MOST]
    kept = {
        document.name: _kept(document, [line for file, line in places if file == document.name])
        for document in documents
    }
    made = ((file, line, kept.get(file, {})) for file, line in places)
    return tuple(
        Excerpt(file, line, tuple((near, lines[near]) for near in _around(line) if near in lines))
        for file, line, lines in made
        if line in lines
    )


def _around(line: int) -> range:
    return range(line - _AROUND, line + _AROUND + 1)


def _kept(document: Document, wanted: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    if not wanted:
        return found
    near = np.array(sorted({each for line in wanted for each in _around(line)}))
    for block in blocks(document):
        for segment in np.flatnonzero(np.isin(block.lines, near)):
            found[int(block.lines[segment])] = block.text(int(segment))[:_LONGEST]
        if block.lines[-1] > near[-1] or block.size > _MOST_BYTES:
            break
    return found
