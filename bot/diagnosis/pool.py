"""The worker processes: a time limit, a memory limit, and a fresh process now and then."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from pathlib import Path

from pebble import CONSTS, ProcessExpired, ProcessPool

from bot.cases.model import Outcome, Result
from bot.diagnosis import worker
from bot.diagnosis.job import Job, WorkerLimits
from bot.logs import get_log

_log = get_log(__name__)
_TRIES = 2
_BY_SIGNAL = {
    -signal.SIGXCPU: Outcome.TOO_SLOW,
    -signal.SIGKILL: Outcome.TOO_MUCH_MEMORY,  # nobody but the kernel short of memory sends it to a job within its time
}

# A worker past its time is killed at once. Pebble waits 3 s for it to end by itself, and holds the lock of the channel
# meanwhile, so that no other worker gets or returns a job (measured: neighbours 3.0 s late; with this 0.05 s).
CONSTS.term_timeout = 0
CONSTS.channel_lock_timeout = 10


class DiagnosisPool:
    """Runs jobs, at most `workers` at a time; a job cannot harm its neighbours or this process."""

    def __init__(
        self,
        workers: int,
        limits: WorkerLimits,
        key: bytes,
        knowledge: Path | None = None,
        run: Callable[[Job], Result] = worker.run,
    ) -> None:
        self._workers = workers
        self._limits = limits
        self._arguments = (knowledge, key, limits)
        self._run = run
        self._slots = asyncio.Semaphore(workers)
        self._pool = self._new_pool()

    async def start(self) -> None:
        """Start the processes and wait until one is ready."""
        await asyncio.wrap_future(await asyncio.to_thread(self._pool.schedule, worker.warm))

    async def stop(self) -> None:
        """End all processes; what they were doing is lost."""
        await asyncio.to_thread(_end, self._pool)

    async def run(self, job: Job) -> Result:
        """Return what a worker makes of `job`, or the limit that it ran into."""
        async with self._slots:
            for _ in range(_TRIES):
                pool = self._pool
                try:
                    future = pool.schedule(self._run, args=(job,), timeout=self._limits.seconds)
                    return await asyncio.wrap_future(future)
                except TimeoutError:
                    return Result(Outcome.TOO_SLOW)
                except ProcessExpired as error:
                    _log.warning("a worker died", exit_code=error.exitcode)
                    return Result(_BY_SIGNAL.get(error.exitcode or 0, Outcome.CRASHED))
                except RuntimeError as error:  # the pool itself is broken (BrokenProcessPool is one too)
                    _log.warning("the pool of workers broke and is started anew", error=type(error).__name__)
                    await self._replace(pool)
                except MemoryError:
                    return Result(Outcome.TOO_MUCH_MEMORY)
                except Exception as error:
                    _log.warning("a diagnosis failed", error=type(error).__name__)
                    return Result(Outcome.CRASHED)
            return Result(Outcome.CRASHED)

    async def _replace(self, broken: ProcessPool) -> None:
        if self._pool is broken:
            self._pool = self._new_pool()
            await asyncio.to_thread(_end, broken)
            await asyncio.to_thread(self._pool.schedule, worker.warm)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=self._limits.jobs,
            initializer=worker.initialize,
            initargs=self._arguments,
            context=multiprocessing.get_context("spawn"),
        )


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
