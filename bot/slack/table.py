"""Fix rows as a table of Slack's own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.blocks import Block, Mark, Row
from bot.chat.text import Span, bold
from bot.slack.richtext import MARKS, Json, cell

MOST_ROWS = 100
MOST_TEXT = 10_000
"""Characters of all cells of a message. Not in Slack's reference, told by those who were refused:
https://github.com/getnao/nao/pull/1178, https://github.com/vellum-ai/vellum-assistant/pull/36219"""
LEAST_ROWS = 2
"""One row reads better as text."""
_MARKS = frozenset({Mark.CONFIRMED, Mark.TO_CHECK, Mark.RULED_OUT, Mark.NONE})


def is_row(block: Block) -> bool:
    """Tell whether a block is a row of a fix table."""
    return isinstance(block, Row) and block.number > 0 and block.mark in _MARKS


def table(rows: Sequence[Row], columns: Sequence[str]) -> Json | None:
    """Return the table of numbered rows below `columns` (what to do, why); None where it does not fit or pay."""
    if not LEAST_ROWS <= len(rows) < MOST_ROWS:
        return None
    head = [cell((Span(" "),)), *(cell((bold(name),)) for name in columns)]
    lines = [
        [cell((Span(f"{MARKS[row.mark]} {row.number}".strip()),)), cell(row.line), cell(row.below)] for row in rows
    ]
    made: Json = {
        "type": "table",
        "rows": [head, *lines],
        "column_settings": [{"align": "left"}, {"is_wrapped": True}, {"is_wrapped": True}],
    }
    return made if length(made) <= MOST_TEXT else None


def length(made: Json) -> int:
    """Return the number of characters in all cells."""
    return sum(
        len(element.get("text", ""))
        for row in made["rows"]
        for each in row
        for section in each["elements"]
        for element in section["elements"]
    )
