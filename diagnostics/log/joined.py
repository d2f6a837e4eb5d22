"""Messages that a console wrapped at its width, put together again (rich's 80 columns)."""

from __future__ import annotations

import re
from collections.abc import Iterator

LEVELS = "(?:INFO|WARNING|ERROR|DEBUG|CRITICAL) "
_CONTINUATION = re.compile(rf"^ {{20,}}(?! *{LEVELS})\S")
_COLUMN = re.compile(r" {1,40}[\w/]{1,80}\.py:\d{1,6} {0,40}$")
_LEVEL = re.compile(rf"^(?:\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d| {{19}})? ?{LEVELS}")
_ROWS = 12


class Joiner:
    """Passes lines on; one that may go on in the next rows is held until it is whole."""

    def __init__(self) -> None:
        self._line = 0
        self._rows: list[str] = []

    @property
    def holds(self) -> bool:
        """Tell whether a message is held that the next line may go on with."""
        return bool(self._rows)

    def feed(self, number: int, text: str) -> Iterator[tuple[int, str]]:
        """Take one line; yield what is whole by now as (line it begins on, text), in order."""
        if self._rows and len(self._rows) < _ROWS and _CONTINUATION.match(text):
            self._rows.append(_COLUMN.sub("", text).strip())
            return
        yield from self.flush()
        if _LEVEL.match(text):
            self._line, self._rows = number, [_COLUMN.sub("", text).rstrip()]
        else:
            yield number, text

    def flush(self) -> Iterator[tuple[int, str]]:
        """Yield the message that is held."""
        if self._rows:
            yield self._line, " ".join(self._rows)
            self._rows = []
