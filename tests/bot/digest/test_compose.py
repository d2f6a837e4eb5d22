from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from bot.cases.marks import DAY
from bot.cases.model import Verdict
from diagnostics.trend import Trend
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened
from tests.bot.digest.week import DUE, ERROR, MARK, START, Told, composer, report


@run_async
async def test_a_week_is_counted_with_its_trends_times_and_shares(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        told = Told(store)
        for week in range(-4, 0):
            await told.case(week * 7 * DAY, report("cuda-oom"))
        for day, verdict in enumerate((Verdict.FIXED, Verdict.FIXED, Verdict.FIXED, Verdict.DID_NOT_HELP, None, None)):
            await told.case(day * DAY + 60, report("cuda-oom"), verdict=verdict)
        await told.case(6 * DAY, report("overfit", about="dataset"), verdict=Verdict.WRONG)
        await told.case(6 * DAY + 60, report())
        await told.case(60, report("cuda-oom"), server="elsewhere")
        await told.case(7 * DAY, report("cuda-oom"))
        made = await composer(store).of_week(DUE, late=False)
    assert (made.week, made.first, made.last) == ("2026-W31", date(2026, 7, 27), date(2026, 8, 2))
    assert (made.cases.cases, made.cases.before) == (8, 1.0)
    assert made.cases.trend is Trend.RISING
    assert made.said == 5
    assert made.solved == 3 / 5
    assert [(each.subject, each.cases, each.before) for each in made.findings] == [
        ("cuda-oom", 6, 1.0),
        ("overfit", 1, 0),
    ]
    assert made.median_answer is not None
    assert abs(made.median_answer - 6) < 0.3
    assert made.median_fixed is not None
    assert abs(made.median_fixed - 3600) < 170
    assert [(each.finding, each.wrong, each.cases) for each in made.disputed] == [("overfit", 1, 1)]
    assert made.dataset_share == 1 / 7
    assert made.by_day == (1, 1, 1, 1, 1, 1, 2)
    assert made.late_since is None
    assert made.chart is not None
    assert made.chart.startswith(b"\x89PNG")


@run_async
async def test_new_and_growing_unknown_errors_are_told_and_the_growing_ones_drafted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        told = Told(store)
        for week in range(-4, 0):
            await told.case(week * 7 * DAY, report(unknown="ValueError: as ever", fingerprint="0" * 12))
        await told.case(60, report(unknown="ValueError: as ever", fingerprint="0" * 12))
        await told.case(60, report(unknown="KeyError: 'once'", fingerprint="1" * 12))
        for number in range(3):
            text = ERROR.format(line=number, n=number)
            await told.case(DAY, report("invalid-config", text), person="one" if number else "")
        made = await composer(store).of_week(DUE, late=False)
    growing, once = made.unknown
    assert (growing.moved.subject, growing.moved.cases, growing.new) == (MARK, 3, True)
    assert growing.text.startswith("library/train_util.py")
    assert growing.draft is not None
    drafted = yaml.safe_load(growing.draft.text)
    assert growing.draft.file == f"{drafted['id']}.yaml"
    assert len(drafted["signatures"][0]["examples"]) == 3
    assert (once.moved.subject, once.new, once.draft) == ("1" * 12, True, None)


@run_async
async def test_an_error_that_one_person_alone_has_is_not_drafted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        told = Told(store)
        for number in range(4):
            await told.case(number * DAY, report(unknown=ERROR.format(line=1, n=number)), person="one")
        (only,) = (await composer(store).of_week(DUE, late=False)).unknown
    assert only.moved.cases == 4
    assert only.draft is None


@run_async
async def test_what_waits_for_a_human_is_told_until_somebody_says_it_is_fixed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        told = Told(store)
        for number in range(6):
            await told.case(number * DAY, report("cuda-oom"), called=True)
        await told.case(6 * DAY, report("overfit"), verdict=Verdict.FIXED, called=True)
        await told.case(6 * DAY, report("overfit"), server="elsewhere", called=True)
        made = await composer(store).of_week(DUE, late=False)
    assert made.waiting_total == 6
    assert [each.case for each in made.waiting] == told.cases[5:0:-1]
    assert {each.finding for each in made.waiting} == {"cuda-oom"}


@run_async
async def test_a_week_without_cases_and_the_days_so_far(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        empty = await composer(store).of_week(DUE, late=True)
        assert (empty.cases.cases, empty.solved, empty.chart, empty.findings) == (0, None, None, ())
        assert empty.late_since == DUE.at
        await Told(store).case(8 * DAY, report("cuda-oom"))
        so_far = await composer(store).so_far("test", "s")
    assert (so_far.week, so_far.cases.cases) == ("", 1)
    assert (so_far.last - so_far.first).days == 6
    assert so_far.last == datetime.fromtimestamp(START + 8 * DAY, UTC).date()
