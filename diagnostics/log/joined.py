"""Messages that a console wrapped at its width, put together again (rich's 80 columns, terminals)."""

from __future__ import annotations

import re

_CONTINUATION = re.compile(r"^ {20,}(?! *(?:INFO|WARNING|ERROR|DEBUG|CRITICAL) )\S")
_COLUMN = re.compile(r"\s+[\w/]+\.py:\d+\s*$")
_LEVEL = re.compile(r"^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d| {19}) (?:INFO|WARNING|ERROR|DEBUG|CRITICAL) ")
_ROWS = 12


class Joiner:
    """Holds a wrapped message until it is whole."""

    def __init__(self) -> None:
        self._line = 0
        self._rows: list[str] = []

    def feed(self, number: int, text: str) -> tuple[int, str] | None:
        """Take one line; return the message before it as (line, text) where that was wrapped."""
        if self._rows and _CONTINUATION.match(text) and len(self._rows) < _ROWS:
            self._rows.append(_COLUMN.sub("", text).strip())
            return None
        done = self.flush()
        if _LEVEL.match(text):
            self._line, self._rows = number, [_COLUMN.sub("", text).strip()]
        return done

    def flush(self) -> tuple[int, str] | None:
        """Return the message that is held, where it had more than one row."""
        rows, self._rows = self._rows, []
        return (self._line, " ".join(rows)) if len(rows) > 1 else None
