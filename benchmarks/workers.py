"""Cases through PostgreSQL and worker processes: what is lost and doubled under trouble, throughput, memory over time.

.venv/bin/python -m benchmarks.workers trouble [--cases 1000] [--workers 4] [--seed 1]
.venv/bin/python -m benchmarks.workers throughput [--cases 200]
.venv/bin/python -m benchmarks.workers soak [--minutes 30] [--rate 2]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog
from sqlalchemy import make_url

from bot.desk import Desk
from tests.bot.desk.chat import submission
from tests.bot.desk.line.crowd import CrowdChat, settings
from tests.bot.desk.line.fleet import Wire, Worker
from tests.conftest import ROOT
from tests.postgres import Server, start

_LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
_SERVERS = 40
_TAKEOVER = 5.0
_MIB = 1 << 20


@dataclass
class Site:
    """A database, a gateway in this process, and workers behind wires of their own."""

    server: Server
    chat: CrowdChat
    gateway: Desk
    workers: list[Worker]

    async def receive(self, number: int) -> str:
        """Take a case in; returns its id."""
        file = self.chat.attach("log.txt", _LOG + str(number).encode(), f"m{number}")
        server = f"s{number % _SERVERS}"
        receipt = await self.gateway.receive(
            submission(f"m{number}", files=(file,), person=f"p{number}", server=server)
        )
        return receipt.case

    async def answered(self, cases: int, minutes: float = 30) -> None:
        """Wait until so many cases are answered."""
        async with asyncio.timeout(minutes * 60):
            while (await self.gateway.lookup.statistics()).by_state.get("answered", 0) < cases:
                await asyncio.sleep(0.1)

    def processes(self) -> Iterator[tuple[str, psutil.Process]]:
        """Yield every process at work, with what it is."""
        yield "gateway", psutil.Process()
        for worker in self.workers:
            main = psutil.Process(worker.process.pid)
            yield "worker", main
            yield from (("pool", each) for each in main.children(recursive=True))
        database = psutil.Process(self.server.process.pid)
        yield from (("postgres", each) for each in (database, *database.children()))


@asynccontextmanager
async def site(workers: int) -> AsyncIterator[Site]:
    """Start everything in an empty folder."""
    folder = Path(tempfile.mkdtemp(prefix="lora-triage-workers-"))
    server = await asyncio.to_thread(start, True)
    chat = CrowdChat(folder / "chat")
    try:
        async with AsyncExitStack() as stack:
            log = stack.enter_context((folder / "workers.log").open("wb"))
            url = make_url(server.url(server.new()))
            values = settings(folder, url.render_as_string(False), "gateway", "gateway", _TAKEOVER)
            gateway = await stack.enter_async_context(Desk(values, [chat]).opened())
            made = []
            for number in range(workers):
                wire = await stack.enter_async_context(Wire(url.port or 0))
                own = url.set(port=wire.port).render_as_string(False)
                made.append(Worker(folder, own, f"worker-{number}", _TAKEOVER, wire, log))
                stack.push_async_callback(asyncio.to_thread, made[-1].stop)
            yield Site(server, chat, gateway, made)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def trouble(cases: int, workers: int, seed: int) -> None:
    """Print what is lost and doubled while workers are killed, frozen and cut off at random."""
    chance = random.Random(seed)
    async with site(workers) as made:
        started = time.perf_counter()
        ended = asyncio.Event()
        mischief: Counter[str] = Counter()
        harm = [asyncio.create_task(_harm(each, chance, mischief, ended)) for each in made.workers]
        asked, longest = [], 0.0
        for number in range(cases):
            begun = time.perf_counter()
            asked.append(await made.receive(number))
            longest = max(longest, time.perf_counter() - begun)
            await asyncio.sleep(chance.expovariate(8))
            if number % 100 == 99:
                print(f"{number + 1} cases taken in after {time.perf_counter() - started:.0f} s", flush=True)
        await made.answered(cases)
        ended.set()
        await asyncio.gather(*harm)
        seconds = time.perf_counter() - started
        # whoever is late says it now
        await asyncio.sleep(2 * _TAKEOVER)
        standing = made.chat.standing()
        posts = Counter(line["op"] for line in made.chat.posts())
        lost = [case for case in asked if case not in standing]
        doubled = [case for case in asked if len(standing.get(case, ())) > 1]
        states = (await made.gateway.lookup.statistics()).by_state
    print(f"{cases} cases, {workers} workers, {seconds:.0f} s; {dict(mischief)}")
    print(f"lost {len(lost)}, doubled {len(doubled)}; states {states}")
    print(f"longest wait of a message to be on disk: {longest:.1f} s")
    print(f"replies that stood twice for a moment, and were taken back: {posts['remove']}")


async def _harm(worker: Worker, chance: random.Random, mischief: Counter[str], ended: asyncio.Event) -> None:
    """Do one thing after the other to a worker; each may last longer than the time after which others take over."""
    while not ended.is_set():
        await asyncio.sleep(chance.uniform(3, 15))
        what = chance.choice(("killed", "frozen", "cut off", "held up"))
        mischief[what] += 1
        if what == "killed":
            worker.kill()
        elif what == "frozen":
            worker.freeze()
            await asyncio.sleep(chance.uniform(0.5, 3 * _TAKEOVER))
            worker.thaw()
        else:
            worker.wire.cut() if what == "cut off" else worker.wire.hold()
            await asyncio.sleep(chance.uniform(0.5, 3 * _TAKEOVER))
            worker.wire.mend()


async def throughput(cases: int, most: Sequence[int]) -> None:
    """Print cases a second and processor time a case, by the number of workers."""
    for workers in most:
        async with site(workers) as made:
            # a first one each: everything is loaded then
            for number in range(4 * workers):
                await made.receive(number)
            await made.answered(4 * workers)
            before, started = _cpu(made), time.perf_counter()
            for number in range(4 * workers, 4 * workers + cases):
                await made.receive(number)
            await made.answered(4 * workers + cases)
            seconds = time.perf_counter() - started
            spent = {name: (after - before[name]) / cases * 1000 for name, after in _cpu(made).items()}
        told = ", ".join(f"{name} {value:.0f}" for name, value in spent.items())
        print(f"{workers} workers: {cases / seconds:.1f} cases a second; processor time a case, ms: {told}", flush=True)


def _cpu(made: Site) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for name, process in made.processes():
        times = process.cpu_times()
        # what ended children took counts for the one that started them
        total[name] += times.user + times.system + times.children_user + times.children_system
    return dict(total)


async def soak(minutes: float, rate: float, workers: int) -> None:
    """Print memory and open files of each kind of process once a minute, at a steady rate of cases a second."""
    async with site(workers) as made:
        started, number, next_look = time.perf_counter(), 0, 60
        while (passed := time.perf_counter() - started) < minutes * 60:
            await made.receive(number)
            number += 1
            if passed >= next_look:
                print(f"{passed / 60:4.0f} min {number:6} cases  {_looks(made)}", flush=True)
                next_look += 60
            await asyncio.sleep(max(0.0, number / rate - (time.perf_counter() - started)))
        await made.answered(number)
        standing = made.chat.standing()
    print(f"{number} cases, lost {number - len(standing)}, doubled {sum(len(each) > 1 for each in standing.values())}")


def _looks(made: Site) -> str:
    memory: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for name, process in made.processes():
        memory[name] += process.memory_info().rss
        files[name] += process.num_fds()
    return "  ".join(f"{name} {memory[name] / _MIB:.0f} MB {files[name]} files" for name in memory)


def main() -> None:
    """Run what the command line names."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("trouble", "throughput", "soak"))
    parser.add_argument("--cases", type=int)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=2)
    given = parser.parse_args()
    if given.what == "trouble":
        asyncio.run(trouble(given.cases or 1000, given.workers or 4, given.seed))
    elif given.what == "throughput":
        asyncio.run(throughput(given.cases or 200, [given.workers] if given.workers else [1, 2, 4]))
    else:
        asyncio.run(soak(given.minutes, given.rate, given.workers or 2))


if __name__ == "__main__":
    main()
