"""One case after the other through PostgreSQL, procrastinate, a worker's pool and a chat in a folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Desk
from tests.bot.asynchronous import run_async
from tests.bot.desk.chat import FolderChat, settled, submission
from tests.bot.desk.line.crowd import settings
from tests.conftest import ROOT
from tests.postgres import migrated_database

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()


@asynccontextmanager
async def desk(folder: Path, url: str, role: str, **more: Any) -> AsyncIterator[tuple[Desk, FolderChat]]:
    chat = FolderChat(folder / "chat")
    async with Desk(settings(folder, url, role, role, 3, **more), [chat]).opened() as opened:
        yield opened, chat


@run_async
async def test_a_gateway_takes_in_and_a_worker_answers(tmp_path: Path) -> None:
    url = migrated_database()
    async with desk(tmp_path, url, "gateway") as (gateway, chat), desk(tmp_path, url, "worker") as (worker, _):
        for number in range(4):
            file = chat.attach("log.txt", LOG + str(number).encode(), f"m{number}")
            await gateway.receive(submission(f"m{number}", files=(file,), person=f"p{number}"))
        await settled(gateway, 4)
        assert [reply["findings"][0] for reply in chat.visible().values()] == ["cuda-oom"] * 4
        assert dict(worker.answered) == {"diagnosed": 4}
        assert not gateway.answered
        assert not list((tmp_path / "worker" / "work").glob("*/*-*")), "attachments are deleted after the answer"


@run_async
async def test_what_was_said_while_a_case_is_read_is_read_as_well(tmp_path: Path) -> None:
    url = migrated_database()
    async with desk(tmp_path, url, "gateway") as (gateway, chat):
        file = chat.attach("log.txt", LOG, "m1")
        first = await gateway.receive(submission("m1", files=(file,)))
        async with desk(tmp_path, url, "worker") as (_, answering):

            async def more(step: str) -> None:
                if step == "fetching" and not said:
                    said.append(await gateway.edit(submission("m1", text="and it is slow", files=(file,))))

            said: list[Any] = []
            answering.hook = lambda step: tasks.append(asyncio.ensure_future(more(step)))
            tasks: list[Any] = []
            await settled(gateway, 1)
        assert said[0].case == first.case
        (reply,) = chat.visible().values()
        assert reply["revision"] == 2


@run_async
async def test_no_worker_without_room_takes_a_case(tmp_path: Path) -> None:
    url = migrated_database()
    async with desk(tmp_path, url, "gateway") as (gateway, chat):
        await gateway.receive(submission("m1", files=(chat.attach("log.txt", LOG, "m1"),)))
        async with desk(tmp_path, url, "worker", case_mib=1 << 40):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(3):
                    await settled(gateway, 1)
        async with desk(tmp_path, url, "worker"):
            await settled(gateway, 1)
