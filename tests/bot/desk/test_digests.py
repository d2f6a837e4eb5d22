"""Each week's digest is posted once a server, whatever happens to the processes and the clock."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.cases.database import Database
from bot.cases.servers import Servers, ServerSettings
from bot.cases.weekly import LATE_SECONDS, LEASE_SECONDS
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import Clock
from tests.bot.desk.chat import FolderChat
from tests.bot.desk.digest_world import (
    DAY,
    FIRST,
    HOUR,
    HOURS,
    Chances,
    KilledError,
    prepare,
    process,
    run_processes,
    simulate,
    url,
    weeks_from_first,
)

WARSAW = {"s": HOURS["warsaw"]}


def weeks(number: int) -> list[str]:
    return [str(week) for week in weeks_from_first(number)]


def posted(folder: Path) -> list[dict[str, Any]]:
    return FolderChat(folder / "chat").digests()


@run_async
async def test_104_weeks_bring_104_digests_whatever_dies_and_however_the_clock_is_set(tmp_path: Path) -> None:
    hours = {name: HOURS[name] for name in ("tehran", "lord-howe")}
    digests = await simulate(tmp_path, hours, 104, 1, Chances())
    for name in hours:
        assert [each["week"] for each in digests if each["server"] == name] == weeks(104)
    assert 0 < sum(each["late"] for each in digests) < len(digests)


@run_async
async def test_two_real_processes_on_one_database_that_are_killed_now_and_then_post_each_week_once(
    tmp_path: Path,
) -> None:
    killed = await run_processes(tmp_path, {"s": HOURS["tehran"]}, 20)
    assert killed > 0
    assert [each["week"] for each in posted(tmp_path)] == weeks(20)


@run_async
async def test_weeks_that_were_missed_are_posted_late_once_and_in_order(tmp_path: Path) -> None:
    await prepare(tmp_path, WARSAW, WARSAW["s"].due(FIRST) - HOUR)
    clock, chat = Clock(WARSAW["s"].due(FIRST) + 1), FolderChat(tmp_path / "chat")
    async with process(tmp_path, clock, chat) as (_, post):
        assert await post.post_due() == 1
        clock.now += 21 * DAY
        assert await post.post_due() == 3
        assert await post.post_due() == 0
    told = [(each["week"], each["late"]) for each in chat.digests()]
    assert told == list(zip(weeks(4), (False, True, True, False), strict=True))


@run_async
async def test_nothing_is_due_before_the_channel_was_set_and_nothing_twice_when_the_hour_is_changed(
    tmp_path: Path,
) -> None:
    due = WARSAW["s"].due(FIRST)
    clock, chat = Clock(due + HOUR), FolderChat(tmp_path / "chat")
    await prepare(tmp_path, WARSAW, clock.now)
    database = Database(url(tmp_path))
    servers = Servers(database, clock)

    async def change(hour: int, zone: str, channel: str = "d") -> None:
        await servers.put("test", "s", ServerSettings(digest_channel=channel, digest_hour=hour, time_zone=zone))

    async with process(tmp_path, clock, chat) as (_, post):
        assert await post.post_due() == 0
        clock.now = due + 7 * DAY
        assert await post.post_due() == 1
        for hour, zone in ((23, "Europe/Warsaw"), (0, "Pacific/Kiritimati"), (23, "Pacific/Pago_Pago")):
            await change(hour, zone)
            clock.now += HOUR
            assert await post.post_due() == 0
        await change(2, "Europe/Warsaw", channel="")
        clock.now += 30 * DAY
        assert await post.post_due() == 0
        await change(2, "Europe/Warsaw")
        assert await post.post_due() == 0
        clock.now += 7 * DAY
        assert await post.post_due() == 1
    await database.close()
    assert [each["late"] for each in chat.digests()] == [False, True]


@pytest.mark.parametrize("step", ["before posting", "after posting"])
@run_async
async def test_one_who_takes_over_looks_first_for_what_the_dead_one_posted(tmp_path: Path, step: str) -> None:
    await prepare(tmp_path, WARSAW, WARSAW["s"].due(FIRST))
    clock, chat = Clock(WARSAW["s"].due(FIRST)), FolderChat(tmp_path / "chat")

    def die(reached: str) -> None:
        if reached == step:
            raise KilledError

    async with process(tmp_path, clock, chat) as (_, first), process(tmp_path, clock, chat) as (_, second):
        chat.hook = die
        with pytest.raises(KilledError):
            await first.post_due()
        chat.hook = lambda _step: None
        assert await second.post_due() == 0, "the lease has not ended"
        clock.now += LEASE_SECONDS + 1
        assert await second.post_due() == 1
        assert await first.post_due() == 0
    (only,) = chat.digests()
    assert only["late"] is (step == "before posting")


@run_async
async def test_a_lease_from_before_the_clock_was_set_back_does_not_hold(tmp_path: Path) -> None:
    due = WARSAW["s"].due(FIRST)
    await prepare(tmp_path, WARSAW, due)
    clock = Clock(due + DAY)
    async with process(tmp_path, clock, FolderChat(tmp_path / "chat")) as (weekly, _):
        (found,) = await weekly.due()
        assert await weekly.claim(found) is not None
        assert await weekly.claim(found) is None
        clock.now = due
        assert await weekly.claim(found) is not None


@run_async
async def test_of_two_posts_the_one_that_is_not_noted_goes(tmp_path: Path) -> None:
    due = WARSAW["s"].due(FIRST)
    await prepare(tmp_path, WARSAW, due)
    clock = Clock(due)
    async with process(tmp_path, clock, FolderChat(tmp_path / "chat")) as (weekly, _):
        (found,) = await weekly.due()
        slow = await weekly.claim(found)
        clock.now += LEASE_SECONDS + 1
        quick = await weekly.claim(found)
        assert slow is not None
        assert quick is not None
        assert await weekly.posted(quick, "7")
        assert not await weekly.posted(slow, "8")
        assert await weekly.posted(slow, "7"), "the same message, found again"
        await weekly.put_off(slow)
        assert await weekly.due() == ()


@run_async
async def test_where_there_is_no_place_a_week_is_given_up_and_the_next_is_tried(tmp_path: Path) -> None:
    due = WARSAW["s"].due(FIRST)
    await prepare(tmp_path, WARSAW, due)
    clock, chat = Clock(due), FolderChat(tmp_path / "chat", closed=True)
    async with process(tmp_path, clock, chat) as (_, post):
        await post.post_due()
        chat.closed = False
        clock.now += DAY
        assert await post.post_due() == 0
        clock.now += 6 * DAY
        assert await post.post_due() == 1
    assert [each["week"] for each in chat.digests()] == weeks(2)[1:]


@run_async
async def test_trouble_is_tried_again_for_two_days_and_the_post_is_late_then(tmp_path: Path) -> None:
    due = WARSAW["s"].due(FIRST)
    await prepare(tmp_path, WARSAW, due)
    clock, chat = Clock(due), FolderChat(tmp_path / "chat")
    tries = 0

    def fail(_step: str) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionError

    chat.hook = fail
    async with process(tmp_path, clock, chat) as (_, post):
        with capture_logs():
            while clock.now < due + DAY:
                assert await post.post_due() == 0
                clock.now += 600
        assert 10 < tries < 40
        chat.hook = lambda _step: None
        clock.now += HOUR
        assert await post.post_due() == 1
    (only,) = chat.digests()
    assert only["late"]
    assert clock.now - due > LATE_SECONDS
