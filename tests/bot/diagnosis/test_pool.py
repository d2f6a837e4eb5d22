import asyncio
import io
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cases.model import Outcome
from bot.diagnosis.job import Job, JobFile, WorkerLimits
from bot.diagnosis.pool import DiagnosisPool
from tests.bot.asynchronous import run_async
from tests.bot.diagnosis import hostile
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "out-of-memory"
TOKEN = "hf_FAKEfakeFAKEfakeFAKEfakeFAKEfake00"


@asynccontextmanager
async def pool(workers: int = 2, seconds: float = 20, jobs: int = 100) -> AsyncIterator[DiagnosisPool]:
    made = DiagnosisPool(workers, WorkerLimits(seconds, 400, jobs), b"key", run=hostile.run)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def job(folder: Path, name: str, data: bytes | None = None, asked: bool = True, text: str = "") -> Job:
    work = folder / name.replace("/", "_")
    work.mkdir()
    path = work / "file"
    path.write_bytes(data if data is not None else (EXAMPLE / "log.txt").read_bytes())
    (work / "out").mkdir()
    return Job(text, (JobFile("1", name, path),), work / "out", asked)


@run_async
async def test_a_job_is_diagnosed_and_redacted(tmp_path: Path) -> None:
    log = (EXAMPLE / "log.txt").read_text() + f"\nusing {TOKEN} of /home/marta/x\n"
    async with pool(1) as workers:
        result = await workers.run(job(tmp_path, "log.txt", log.encode(), text=f"see {TOKEN}"))
    assert result.outcome is Outcome.DIAGNOSED
    assert result.report is not None
    assert result.report["findings"][0]["id"] == "cuda-oom"
    assert TOKEN not in str(result)
    assert result.redactions == {"hf-token": 2, "user": 1}
    assert [(file.kind, len(file.sha256)) for file in result.files] == [("log", 64)]


@run_async
async def test_each_hostile_job_gets_its_own_answer_and_neighbours_are_not_held_up(tmp_path: Path) -> None:
    async with pool(2, seconds=3) as workers:
        await workers.run(job(tmp_path, "first.txt"))
        hanging = asyncio.create_task(workers.run(job(tmp_path, "hang.txt")))
        longest = 0.0
        number = 0
        while not hanging.done():
            started = time.perf_counter()
            number += 1
            neighbour = await workers.run(job(tmp_path, f"n{number}.txt"))
            assert neighbour.outcome is Outcome.DIAGNOSED
            longest = max(longest, time.perf_counter() - started)
        assert (await hanging).outcome is Outcome.TOO_SLOW
        assert longest < 2.5, "a neighbour waited for the one that hung"
        outcomes = [(await workers.run(job(tmp_path, name))).outcome for name in ("eat.txt", "die.txt", "starve.txt")]
        assert outcomes == [Outcome.TOO_MUCH_MEMORY, Outcome.CRASHED, Outcome.TOO_MUCH_MEMORY]
        assert (await workers.run(job(tmp_path, "last.txt"))).outcome is Outcome.DIAGNOSED


@run_async
async def test_a_zip_bomb_is_told_and_not_unpacked(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.txt", b"0" * (200 << 20))
    async with pool(1) as workers:
        result = await workers.run(job(tmp_path, "run.zip", packed.getvalue()))
    assert result.report is not None
    (told,) = result.report["skipped"]
    assert "unpacks to more than allowed" in told["reason"]
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 1 << 20


@run_async
async def test_processes_are_replaced_after_their_jobs(tmp_path: Path) -> None:
    async with pool(1, jobs=1) as workers:
        for number in range(2):
            assert (await workers.run(job(tmp_path, f"{number}.txt"))).outcome is Outcome.DIAGNOSED


@run_async
async def test_what_is_no_training_material_is_silent_only_when_nobody_called(tmp_path: Path) -> None:
    essay = b"Dear diary, today I went to the market and bought three apples.\n" * 5
    async with pool(1) as workers:
        assert (await workers.run(job(tmp_path, "a.txt", essay, asked=False))).outcome is Outcome.SILENT
        assert (await workers.run(job(tmp_path, "b.txt", essay))).outcome is Outcome.DIAGNOSED
        assert (await workers.run(job(tmp_path, "c.txt", asked=False))).outcome is Outcome.DIAGNOSED


@run_async
async def test_what_a_worker_prints_of_itself_is_redacted_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with pool(1) as workers:
        await workers.run(job(tmp_path, "warn.txt", TOKEN.encode()))
    printed = capfd.readouterr().err
    assert printed.count("<hf-token-") == 2
    assert TOKEN not in printed
