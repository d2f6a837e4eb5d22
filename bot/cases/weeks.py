"""Weeks, and when the digest of each is due: on the Monday after it, at an hour of an IANA time zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cases.marks import DAY

_WEEK = timedelta(7)
_EPOCH = date(1970, 1, 1)
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week of ISO 8601, Monday to Sunday; as text ``2026-W31``, which sorts as the weeks do."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """Return the week of a day."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def read(cls, text: str) -> Week:
        """Return the week that a text names; raises ValueError."""
        return cls.of(date.fromisoformat(f"{text}-1"))

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def next(self) -> Week:
        """The week after it."""
        return Week.of(self.monday + _WEEK)

    @property
    def previous(self) -> Week:
        """The week before it."""
        return Week.of(self.monday - _WEEK)

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class Hour:
    """When digests are due: an hour, 0 to 23, of a time zone."""

    hour: int
    zone: str

    def due(self, week: Week) -> float:
        """Return when the digest of a week is due, in UNIX seconds.

        An hour that the clocks skip is due the moment they do; one that comes twice, the first time.
        """
        return datetime.combine(week.monday + _WEEK, time(self.hour), ZoneInfo(self.zone)).timestamp()

    def newest(self, now: float) -> Week:
        """Return the newest week whose digest is due by now."""
        week = Week.of(datetime.fromtimestamp(now, ZoneInfo(self.zone)).date())
        while self.due(week) > now:
            week = week.previous
        return week

    def first(self, since: float) -> Week:
        """Return the first week whose digest is due at `since` or later."""
        newest = self.newest(since)
        return newest if self.due(newest) >= since else newest.next

    def days(self, week: Week) -> tuple[int, int]:
        """Return the seven days (UTC) that the digest of a week counts: the first, and the one after the last.

        They are over whenever it is due, in summer and winter alike, so that each day is in exactly one digest.
        """
        zone, monday = ZoneInfo(self.zone), week.monday + _WEEK
        offsets = [datetime(monday.year, month, 1, tzinfo=zone).utcoffset() for month in _MONTHS]
        earliest = datetime.combine(monday, time(self.hour), UTC) - max(each for each in offsets if each is not None)
        end = int(earliest.timestamp() // DAY)
        return end - _WEEK.days, end


def date_of(day: int) -> date:
    """Return the date of a day counted from 1970-01-01."""
    return _EPOCH + timedelta(day)
