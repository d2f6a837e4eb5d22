import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cases.model import Status, Verdict
from bot.cases.people import MOST_REMOVALS
from bot.cases.servers import ServerSettings
from bot.desk import Desk, DeskError
from bot.desk.desk import pause
from bot.settings import Settings
from tests.bot.asynchronous import run_async
from tests.bot.desk.chat import FolderChat, settled, submission
from tests.bot.diagnosis import hostile
from tests.conftest import ROOT

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
CONFIG = (ROOT / "examples" / "out-of-memory" / "config.yaml").read_bytes()


@asynccontextmanager
async def desk(folder: Path, chat: FolderChat, **settings: float) -> AsyncIterator[Desk]:
    limits = {"cooldown_seconds": 0, "job_memory_mib": 512, "workers": 2, "server_cases": 4, **settings}
    values = Settings.model_validate({"data": folder / "data", **limits})
    async with Desk(values, [chat], run=hostile.run).opened() as opened:
        yield opened


@run_async
async def test_a_case_from_upload_to_feedback_to_deletion(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path)
    async with desk(tmp_path, chat) as at:
        log = (chat.attach("log.txt", LOG, "m1"),)
        first = await at.receive(submission("m1", text="it crashed", files=log, thread="t"))
        assert (first.status, first.ahead) == (Status.OPENED, 0)
        await settled(at, 1)
        (reply,) = chat.visible().values()
        assert (reply["case"], reply["findings"][0], reply["revision"]) == (first.case, "cuda-oom", 1)

        config = chat.attach("config.yaml", CONFIG, "m2")
        assert (await at.receive(submission("m2", files=(config,), thread="t"))).case == first.case
        await settled(at, 1)
        (edited,) = chat.visible().values()
        assert (edited["id"], edited["revision"]) == (reply["id"], 2)
        assert edited["report"]["config_patch"], "the reply was not edited with what the config adds"

        assert (await at.edit(submission("m1", text="it crashed at once", files=log, thread="t"))).case == first.case
        await settled(at, 1)
        (again,) = chat.visible().values()
        assert (again["id"], again["revision"]) == (reply["id"], 3)

        assert await at.feedback.record(first.case, "test", "marta", Verdict.FIXED)
        view = await at.lookup.case(first.case)
        assert view is not None
        assert [file.kind for file in view.files] == ["log", "config"]

        assert await at.forget("test", "marta") == 1
        async with asyncio.timeout(10):
            while chat.visible():
                await asyncio.sleep(0.01)
        assert (await at.lookup.statistics()).cases == 0


@run_async
async def test_hostile_uploads_get_an_honest_answer_and_so_do_expired_ones(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.txt", b"0" * (200 << 20))
    async with desk(tmp_path, chat, job_seconds=4, file_mib=1) as at:
        uploads = {"hang.txt": LOG, "die.txt": LOG, "bomb.zip": packed.getvalue(), "big.log": b"x" * (2 << 20)}
        cases = {}
        for number, (name, data) in enumerate(uploads.items()):
            file = chat.attach(name, data, f"m{number}")
            cases[name] = (await at.receive(submission(f"m{number}", files=(file,), person=name))).case
        gone = replace(chat.attach("x.log", LOG, "m9"), id="no such file")
        cases["gone"] = (await at.receive(submission("m9", files=(gone,), person="oleg"))).case
        await settled(at, 5)
    replies = {reply["case"]: reply for reply in chat.visible().values()}
    said = {name: replies[case] for name, case in cases.items()}
    assert "took longer than 4 seconds" in said["hang.txt"]["notice"]
    assert "the fault is mine" in said["die.txt"]["notice"]
    assert "x.log" in said["gone"]["notice"]
    assert "attach" in said["gone"]["notice"]
    assert "unpacks to more than allowed" in str(said["bomb.zip"]["report"]["skipped"])
    assert "larger than I may read (1 MB)" in str(said["big.log"]["report"]["skipped"])


@run_async
async def test_trouble_while_sending_neither_loses_nor_doubles_the_reply(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path, fails=[ConnectionError("reset after the post was out")])
    clock = _Hasty()
    settings = Settings(data=tmp_path / "data", workers=1)
    async with Desk(settings, [chat], clock=clock).opened() as at:
        await at.receive(submission("m1", text="Traceback (most recent call last):"))
        await settled(at, 1)
    assert len(chat.visible()) == 1


class _Hasty:
    """A clock on which every look is a minute later: nobody waits for a retry."""

    now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 10
        return self.now


@run_async
async def test_where_nobody_is_left_to_tell_the_case_ends(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path, closed=True)
    async with desk(tmp_path, chat) as at:
        await at.receive(submission("m1", text="loss is nan"))
        await settled(at, 1)
    assert chat.visible() == {}


@run_async
async def test_uploads_are_looked_at_only_in_the_channels_of_the_server_unless_called(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path)
    async with desk(tmp_path, chat) as at:
        log = (chat.attach("log.txt", LOG, "m1"),)
        assert (await at.receive(submission("m1", files=log, asked=False))).status is Status.IGNORED
        await at.servers.put("test", "s", ServerSettings(channels=("c",)))
        assert (await at.receive(submission("m1", files=log, asked=False))).status is Status.OPENED
        await at.servers.put("test", "s", ServerSettings(channels=("c",), quiet=True))
        other = (chat.attach("log.txt", LOG, "m2"),)
        assert (await at.receive(submission("m2", files=other, asked=False))).status is Status.IGNORED
        assert (await at.receive(submission("m3", files=other))).status is Status.OPENED


@run_async
async def test_two_desks_do_not_share_a_folder(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path)
    async with desk(tmp_path, chat, workers=1):
        with pytest.raises(DeskError, match="stop it first"):
            async with desk(tmp_path, chat):
                pass


def test_the_guide_and_the_checklists_are_there_as_data(tmp_path: Path) -> None:
    async def look() -> None:
        at = Desk(Settings(data=tmp_path), [FolderChat(tmp_path)])
        assert at.guide().question
        assert at.guide((0,)).trail
        support = at.checklist("support")
        assert support is not None
        assert support.title
        assert at.checklist("no such") is None

    asyncio.run(look())


@run_async
async def test_who_waits_is_told_the_place_in_the_one_reply_that_becomes_the_answer(tmp_path: Path) -> None:
    chat = FolderChat(tmp_path)
    async with desk(tmp_path, chat, workers=1, server_cases=1, job_seconds=2) as at:
        await at.servers.put("test", "s", ServerSettings(channels=("c",)))
        slow = (chat.attach("hang.txt", LOG, "m1"),)
        await at.receive(submission("m1", files=slow, person="a"))
        while (await at.lookup.statistics()).by_state != {"diagnosing": 1}:
            await asyncio.sleep(0.01)
        material = (chat.attach("log.txt", LOG, "m2"),)
        told = await at.receive(submission("m2", files=material, person="b", asked=False))
        other = (chat.attach("recipe.txt", b"two eggs, a pinch of salt", "m3"),)
        await at.receive(submission("m3", files=other, person="c", asked=False))
        first = await _standing(chat, told.case)
        assert (first["step"], first["ahead"]) == ("waiting", 1)
        await settled(at, 2)
    replies = {reply["case"]: reply for reply in chat.visible().values()}
    assert len(replies) == 2, "something was said of a recipe"
    assert (replies[told.case]["id"], replies[told.case]["outcome"]) == (first["id"], "diagnosed")


async def _standing(chat: FolderChat, case: str) -> dict[str, object]:
    async with asyncio.timeout(10):
        while True:
            for reply in chat.visible().values():
                if reply["case"] == case:
                    return reply
            await asyncio.sleep(0.01)


def test_a_reply_that_is_to_go_is_not_given_up_while_a_platform_is_down_for_hours() -> None:
    assert pause(0) == 30
    assert sum(pause(attempts) for attempts in range(MOST_REMOVALS)) > 6 * 3600
