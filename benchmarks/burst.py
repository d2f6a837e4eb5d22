"""200 submissions at once from servers of very different size: time, memory, the event loop, and the order of answers.

.venv/bin/python -m benchmarks.burst [SUBMISSIONS]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.cases.model import Progress, Reply, Status
from bot.desk import Desk, Posted
from bot.logs import set_up_logs
from bot.redact import Redactor
from bot.serve import make_adapters, run
from bot.settings import Settings
from knowledge.redaction import load_redaction
from tests.bot.desk.chat import FolderChat, submission

ROOT = Path(__file__).resolve().parents[1]
LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
SHARES = {"huge": 0.6, "large": 0.2, "middle": 0.1, "small": 0.05, "tiny": 0.05}


@dataclass
class Chat(FolderChat):
    """Keeps its posts in memory, so that no disk of its own holds the loop up; remembers the order of servers."""

    answered: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Take a reply, or how the case is getting on."""
        self._count(said)
        self.nonces.add(nonce)
        return Posted(nonce, said.case.place)

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        """Take what a reply says now."""
        self._count(said)
        self.nonces.add(posted.message)

    def _count(self, said: Reply | Progress) -> None:
        if isinstance(said, Reply):
            self.answered.append(said.case.place.server)


@dataclass
class Watch:
    """Looks at the loop every 5 ms, and at memory twice a second."""

    lags: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """Seconds of CPU that the loop's own thread used meanwhile: the rest is a machine that others use too."""
    own: float = 0
    workers: float = 0

    async def loop(self) -> None:
        """Measure how late the loop wakes this task."""
        while True:
            started, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.005)
            self.busy.append(time.thread_time() - worked)
            self.lags.append(time.perf_counter() - started - 0.005)

    async def memory(self) -> None:
        """Measure in a thread: it takes a while."""
        while True:
            await asyncio.to_thread(self._measure)
            await asyncio.sleep(0.5)

    def tell(self) -> None:
        """Print what was seen."""
        for what, values in (("loop late", self.lags), ("of it its own work", self.busy)):
            ordered = sorted(values)
            middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.999)]
            print(f"{what}: median {middle * 1e3:.1f} ms, 99.9 % {high * 1e3:.0f} ms, most {ordered[-1] * 1e3:.0f} ms")
        print(f"memory: this process {self.own / 2**20:.0f} MiB, largest worker {self.workers / 2**20:.0f} MiB")

    def _measure(self) -> None:
        this = psutil.Process(os.getpid())
        self.own = max(self.own, this.memory_info().rss)
        for child in this.children(recursive=True):
            try:
                self.workers = max(self.workers, child.memory_info().rss)
            except psutil.NoSuchProcess:
                continue


async def serve(values: Settings) -> None:
    """Be the bot of a benchmark: measure from one line on standard input to the next, then print loop and memory."""
    watch = Watch()
    set_up_logs(Redactor(load_redaction(), values.key()), "warning")
    serving = asyncio.create_task(run(values, make_adapters(values)))
    await asyncio.to_thread(sys.stdin.readline)
    watching = [asyncio.create_task(watch.loop()), asyncio.create_task(watch.memory())]
    await asyncio.to_thread(sys.stdin.readline)
    for task in (*watching, serving):
        task.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    watch.tell()


async def main(folder: Path, count: int) -> None:
    """Print the figures."""
    chat, watch = Chat(folder / "chat"), Watch()
    settings = Settings(data=folder / "data", workers=2, cooldown_seconds=0)
    set_up_logs(Redactor(load_redaction(), settings.key()), "warning")
    servers = [server for server, share in SHARES.items() for _ in range(round(share * count))]
    everything = [
        submission(f"m{n}", person=f"p{n}", server=server, files=(chat.attach("log.txt", LOG, f"m{n}"),))
        for n, server in enumerate(servers)
    ]
    async with Desk(settings, [chat]).opened() as desk:
        tasks = [asyncio.create_task(watch.loop()), asyncio.create_task(watch.memory())]
        started = time.perf_counter()
        receipts = await asyncio.gather(*(desk.receive(each) for each in everything))
        received = time.perf_counter() - started
        while len(chat.answered) < len(everything):
            await asyncio.sleep(0.1)
        ended = time.perf_counter() - started
        for task in tasks:
            task.cancel()
    opened = Counter(each.status for each in receipts)[Status.OPENED]
    print(f"received {opened} in {received:.2f} s, answered in {ended:.1f} s")
    watch.tell()
    print(f"replies {len(chat.answered)}, of them different {len(chat.nonces)}")
    for server, total in Counter(servers).items():
        last = max(number for number, each in enumerate(chat.answered) if each == server)
        print(f"  {server:7} {total:4} cases, last answered as number {last + 1}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(main(Path(home), int(sys.argv[1]) if len(sys.argv) > 1 else 200))
