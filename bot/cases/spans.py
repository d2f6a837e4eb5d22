"""Times that are counted over: whole days (UTC), of one server or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.cases.marks import month_of
from bot.cases.tallies import Grain

BEFORE = 28
"""Days that a trend looks back."""


class Piece(NamedTuple):
    """Days or whole months of a span, the first day and the one after the last."""

    grain: Grain
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days (UTC), the first and the one after the last, of one server or, with `server` None, of all."""

    first: int
    end: int
    platform: str = ""
    server: str | None = None

    @property
    def days(self) -> int:
        """How many."""
        return self.end - self.first

    @property
    def past(self) -> Span:
        """The 28 days before."""
        return Span(self.first - BEFORE, self.first, self.platform, self.server)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The whole months within as such, and the days around them: so a year costs little more than a month."""
        first, end = _next_month(self.first), month_of(self.end)
        if first >= end:
            return (Piece(Grain.DAY, self.first, self.end),)
        around = (Piece(Grain.DAY, self.first, first), Piece(Grain.DAY, end, self.end))
        return (Piece(Grain.MONTH, first, end), *(each for each in around if each.first < each.end))


def _next_month(day: int) -> int:
    start = month_of(day)
    return day if start == day else month_of(start + 31)
