from pathlib import Path

import pytest

from bot.cases.model import Verdict
from bot.cases.people import MOST_REMOVALS
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, submission


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.sqlite_alone
@run_async
async def test_forgetting_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission(text="a very particular complaint"))
        await store.answer("r-marta")
        other = await store.intake.receive(submission("m2", person="oleg"))
        await store.feedback.record(other.case, "test", "marta", Verdict.FIXED)
        mark = store.people.mark("test", "marta").encode()
        assert mark in on_disk(tmp_path)
        assert await store.people.forget("test", "marta") == 1
        assert mark not in on_disk(tmp_path)
        assert b"particular" not in on_disk(tmp_path)
        (removal,) = await store.people.removals()
        assert removal.message == "r-marta"
        await store.people.removed(removal, done=True)
        assert await store.people.removals() == ()
        view = await store.lookup.case(other.case)
        assert view is not None
        assert view.feedback == {}
    assert b"r-marta" not in on_disk(tmp_path)


@run_async
async def test_only_the_asker_or_a_moderator_deletes_a_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission())
        second = await store.intake.receive(submission("m2"))
        assert not await store.people.delete(first.case, "test", "oleg")
        assert not await store.people.delete(first.case, "other", "marta")
        assert await store.people.delete(first.case, "test", "marta")
        assert await store.people.delete(second.case, "test", "oleg", moderator=True)
        assert await store.people.removals() == ()  # nothing was said yet
        assert (await store.lookup.statistics()).cases == 0


@run_async
async def test_taking_down_is_given_up_in_the_end(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission())
        await store.answer()
        await store.people.forget("test", "marta")
        for attempts in range(MOST_REMOVALS):
            (removal,) = await store.people.removals()
            assert removal.attempts == attempts
            await store.people.removed(removal, done=False)
        assert await store.people.removals() == ()
