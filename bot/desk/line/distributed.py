"""Many processes: procrastinate hands the cases out, on the PostgreSQL that holds them.

Its jobs hold nothing that the rows do not. Whatever becomes of them, every case that is not answered gets a new one; so
they live in a schema of their own, named after the version that made it, and an upgrade simply begins a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from sqlalchemy import make_url

from bot.cases.postgres import conninfo
from bot.cases.queue import Queue
from bot.desk.line import Do
from bot.desk.line.pulse import Pulse
from bot.logs import get_log

_log = get_log(__name__)
_TASK = "case"
_SCHEMA = f"procrastinate_{version('procrastinate').replace('.', '_')}"
_SETTING_UP = 0x4C6F5243
"""An advisory lock beside those of the case store."""
_LOOK_SECONDS = 0.5
"""How often a worker with room looks for a job that nobody told of: one whose server was busy until now."""
_SWEEP_SECONDS = 5.0
_AGAIN_SECONDS = 2.0
_GRACE_SECONDS = 10.0
"""For the cases at work when the process is told to end."""
_MOST = 500
_HEARTBEATS = 6
"""In the time after which a silent worker is taken for dead."""
# beside the tables of the case store, which the search path leads to
_DUE = """
SELECT id, public_id, platform, server, channel FROM cases
WHERE state IN ('received', 'diagnosing') AND retry_at <= %(now)s AND platform = ANY(%(platforms)s)
  AND (%(case)s = '' OR public_id = %(case)s)
  AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs job
                  WHERE job.queueing_lock = cases.public_id AND job.status IN ('todo', 'doing'))
ORDER BY queued_at LIMIT %(most)s
"""
# a live worker whose connection broke as it wanted to say that it is done
_LEFT = """
SELECT job.id FROM procrastinate_jobs job LEFT JOIN cases ON cases.public_id = job.queueing_lock
WHERE job.status = 'doing' AND (cases.id IS NULL OR cases.lease_until <= %(now)s)
"""


class Distributed:
    """A job a case. No server has more than `server_cases` at work at once, anywhere; `takeover` is after how many
    seconds of silence somebody else takes a worker's cases over. A worker without `room` on its disk takes none."""

    def __init__(
        self,
        url: str,
        queue: Queue,
        platforms: Collection[str],
        at_once: int,
        server_cases: int,
        takeover: float,
        room: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._platforms = list(platforms)
        self._at_once = at_once
        self._server_cases = server_cases
        self._takeover = takeover
        self._room = room
        self._clock = clock
        self._pulse = Pulse(takeover)
        self._conninfo = conninfo(make_url(url))
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=self._conninfo,
                kwargs={"options": f"-c search_path={_SCHEMA},public", "connect_timeout": 10},
                min_size=1,
                max_size=4,
                timeout=10,
            )
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect, and make the tables of the jobs where there are none."""
        await _set_up(self._conninfo)
        async with self._app.open_async():
            yield

    async def offer(self, case: str = "") -> None:
        """Make jobs for a case, or for all cases, that can be begun and have none."""
        try:
            for row in await self._due(case):
                await self._defer(row)
        except Exception as error:  # the cases are on disk: those who sweep find them
            _log.warning("the workers could not be told of a case", case=case, error=type(error).__name__)

    async def run(self, do: Do) -> None:
        """Work until cancelled, however often the database goes away and comes back."""

        async def work_off(case: str) -> None:
            while (claim := await self._queue.take(case)) is not None:
                if not await self._pulse.guard(_done(do, claim)):
                    _log.warning("stood still while a case was at work: it is left to others", case=case)
                    return

        self._app.task(name=_TASK)(work_off)
        self._pulse.begin()
        sweeping = asyncio.create_task(self._sweep())
        try:
            while True:
                if self._room():
                    await self._work()
                else:
                    _log.error("the disk is full: no case is taken until there is room")
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            self._pulse.end()
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)

    async def _work(self) -> None:
        """Run a worker until the database is out of reach or the disk is full."""
        worker = asyncio.create_task(
            self._app.run_worker_async(
                queues=self._platforms,
                concurrency=self._at_once,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=_LOOK_SECONDS,
                update_heartbeat_interval=self._takeover / _HEARTBEATS,
                stalled_worker_timeout=self._takeover,
                shutdown_graceful_timeout=_GRACE_SECONDS,
            )
        )
        try:
            while not worker.done() and self._room():
                await asyncio.wait({worker}, timeout=_AGAIN_SECONDS)
        finally:
            worker.cancel()
            (error,) = await asyncio.gather(worker, return_exceptions=True)
            if isinstance(error, Exception):
                _log.warning("the worker stumbled, and begins anew", error=type(error).__name__)

    async def _sweep(self) -> None:
        """Give every case whose worker went silent, and every one that has become due, a job."""
        jobs, left_before = self._app.job_manager, set[int]()
        while True:
            try:
                for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=self._takeover):
                    _log.warning("a worker went silent: its case is handed on", job=job.task_kwargs)
                    await jobs.finish_job(job, Status.FAILED, delete_job=True)
                rows = await self._app.connector.execute_query_all_async(_LEFT, now=self._clock())
                left = {int(row["id"]) for row in rows}
                for number in left & left_before:
                    await jobs.finish_job_by_id_async(number, Status.FAILED, delete_job=True)
                left_before = left
            except Exception as error:
                _log.warning("silent workers could not be looked for", error=type(error).__name__)
            await self.offer()
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _due(self, case: str) -> Sequence[dict[str, Any]]:
        return await self._app.connector.execute_query_all_async(
            _DUE, now=self._clock(), platforms=self._platforms, case=case, most=_MOST
        )

    async def _defer(self, row: dict[str, Any]) -> None:
        # messages to the bot itself have no server: each such channel is one person's
        where = row["server"] or row["channel"]
        deferrer = self._app.configure_task(
            _TASK,
            queue=row["platform"],
            queueing_lock=row["public_id"],
            lock=f"{row['platform']}/{where}#{row['id'] % self._server_cases}",
        )
        try:
            await deferrer.defer_async(case=row["public_id"])
        except AlreadyEnqueued:
            return


async def _done(do: Do, claim: Any) -> None:
    await do(claim)


async def _set_up(address: str) -> None:
    async with await psycopg.AsyncConnection.connect(address) as connection:
        # those who start together do it one after the other
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SETTING_UP,))
        there = await connection.execute("SELECT to_regclass(%s)", (f"{_SCHEMA}.procrastinate_jobs",))
        if (await there.fetchone() or (None,))[0] is None:
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
            await connection.execute(f"SET LOCAL search_path TO {_SCHEMA}")
            await connection.execute(procrastinate.schema.SchemaManager.get_schema())
