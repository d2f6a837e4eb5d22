"""A unified diff as two columns, and applied to the text that it was made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(?:(?P<none>0)|\d{1,9}))? \+(\d{1,9})(?:,\d{1,9})? @@")


@dataclass(frozen=True, slots=True)
class Side:
    """A line of one side; `number` is 1-based."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line before and after; one side is None where the line was added or removed."""

    before: Side | None
    after: Side | None

    @property
    def changed(self) -> bool:
        """Whether the sides differ."""
        return self.before is None or self.after is None or self.before.text != self.after.text


def side_by_side(patch: str) -> tuple[DiffRow, ...]:
    """Return the rows of all hunks; of a line that was replaced both sides stand in one row."""
    return tuple(_rows(patch))


def applied(text: str, patch: str, first_line: int = 1) -> str | None:
    """Return `text` (which begins at `first_line` of its file) with a diff applied; None where it does not fit."""
    lines, result, at = text.split("\n"), list[str](), 0
    inside = False
    for line in patch.split("\n"):
        if hunk := _HUNK.match(line):
            start, inside = int(hunk[1]) - first_line + (hunk["none"] is not None), True
            if not at <= start <= len(lines):
                return None
            result += lines[at:start]
            at = start
        elif inside and line.startswith(("-", " ")):
            if at >= len(lines) or lines[at].rstrip("\r") != line[1:].rstrip("\r"):
                return None
            if line[0] == " ":
                result.append(lines[at])
            at += 1
        elif inside and line.startswith("+"):
            result.append(line[1:])
    return "\n".join([*result, *lines[at:]])


def _rows(patch: str) -> Iterator[DiffRow]:
    before = after = 0
    removed: list[Side] = []
    added: list[Side] = []
    for line in patch.splitlines():
        if hunk := _HUNK.match(line):
            yield from _pairs(removed, added)
            before, after = int(hunk[1]), int(hunk[3])
        elif not before and not after:
            # the names of the files, above the first hunk
            continue
        elif line.startswith("-"):
            removed.append(Side(before, line[1:]))
            before += 1
        elif line.startswith("+"):
            added.append(Side(after, line[1:]))
            after += 1
        elif not line.startswith("\\"):
            yield from _pairs(removed, added)
            yield DiffRow(Side(before, line[1:]), Side(after, line[1:]))
            before, after = before + 1, after + 1
    yield from _pairs(removed, added)


def _pairs(removed: list[Side], added: list[Side]) -> Iterator[DiffRow]:
    yield from (DiffRow(old, new) for old, new in zip_longest(removed, added))
    removed.clear()
    added.clear()
