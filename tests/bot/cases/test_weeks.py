from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.weeks import Hour, Week, date_of

ZONES = (
    "UTC", "Europe/Warsaw", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham",
    "Asia/Tehran", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata",
)  # fmt: skip
_days = st.dates(date(1990, 1, 1), date(2037, 1, 1))
_hours = st.builds(Hour, st.integers(0, 23), st.sampled_from(ZONES))


@given(_days)
def test_weeks_follow_each_other_as_their_names_sort(day: date) -> None:
    week = Week.of(day)
    assert week.monday <= day < week.next.monday
    assert week.next.previous == week
    assert str(week) < str(week.next)
    assert Week.read(str(week)) == week
    assert week.monday.isocalendar()[:2] == (week.year, week.number)


@given(_hours, _days)
def test_each_moment_has_the_one_newest_week_that_is_due(hour: Hour, day: date) -> None:
    due = hour.due(Week.of(day))
    assert hour.newest(due) == hour.first(due) == Week.of(day)
    assert hour.newest(due - 1) == Week.of(day).previous
    assert hour.first(due + 1) == Week.of(day).next


@given(_hours, _days)
def test_the_days_of_a_digest_are_over_when_it_is_due_and_follow_those_before(hour: Hour, day: date) -> None:
    week = Week.of(day)
    first, end = hour.days(week)
    assert end - first == 7
    due = datetime.fromtimestamp(hour.due(week), UTC)
    assert timedelta(0) <= due.date() - date_of(end) < timedelta(3)
    if week.monday.year == week.next.next.monday.year:
        assert hour.days(week.next)[0] == end


@pytest.mark.parametrize(
    ("hour", "week", "due"),
    [
        (Hour(9, "Europe/Warsaw"), "2026-W12", "2026-03-23T08:00+00:00"),
        (Hour(9, "Europe/Warsaw"), "2026-W13", "2026-03-30T07:00+00:00"),
        (Hour(9, "Australia/Lord_Howe"), "2026-W13", "2026-03-29T22:00+00:00"),
        (Hour(9, "Australia/Lord_Howe"), "2026-W14", "2026-04-05T22:30+00:00"),
        # in Iran this Monday began at 1 o'clock
        (Hour(0, "Asia/Tehran"), "2021-W11", "2021-03-21T20:30+00:00"),
        # and the hour before this one came twice
        (Hour(0, "Asia/Tehran"), "2020-W38", "2020-09-20T20:30+00:00"),
    ],
)
def test_the_hour_is_that_of_the_clocks_there(hour: Hour, week: str, due: str) -> None:
    assert hour.due(Week.read(week)) == datetime.fromisoformat(due).timestamp()


def test_a_skipped_hour_is_due_when_the_clocks_skip_it() -> None:
    at = datetime.fromtimestamp(Hour(0, "Asia/Tehran").due(Week.read("2021-W11")), ZoneInfo("Asia/Tehran"))
    assert (at.hour, at.minute) == (1, 0)
