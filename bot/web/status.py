"""For those who run it: is it alive, is it ready, and a few numbers for Prometheus."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from bot.desk import Desk


class Status:
    """Handlers that name nobody and nothing of a case."""

    def __init__(self, desk: Desk, role: str) -> None:
        self._desk = desk
        self._role = role
        self._started = time.time()

    def routes(self) -> Sequence[web.RouteDef]:
        """Return them."""
        return (
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
        )

    async def alive(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """The event loop turns."""
        return web.Response(text="ok\n")

    async def ready(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """The case store answers."""
        try:
            await self._desk.queue.unanswered()
        except Exception:  # whatever it is: not ready
            return web.Response(status=503, text="the case store does not answer\n")
        return web.Response(text="ok\n")

    async def metrics(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """Numbers in the text format of Prometheus 0.0.4."""
        waiting = await self._desk.queue.unanswered()
        states = {state: waiting.get(state, 0) for state in ("received", "diagnosing")}
        text = "".join(
            (
                _family("cases_unanswered", "gauge", "Cases that wait or are being read.", "state", states),
                _family("cases_answered_total", "counter", "Cases since the start.", "outcome", self._desk.answered),
                _family("work_seconds_total", "counter", "Time spent on them.", "", {"": self._desk.seconds}),
                *_of_process(),
                _family("role_info", "gauge", "What this process does.", "role", {self._role: 1}),
                _family("start_time_seconds", "gauge", "The start, in UNIX seconds.", "", {"": self._started}),
            )
        )
        return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4"})


def _of_process() -> Iterator[str]:
    spent = time.process_time()
    yield _family("process_cpu_seconds_total", "counter", "Its processor time.", "", {"": spent})
    proc = Path("/proc/self")
    # elsewhere than on Linux there is none
    with suppress(OSError):
        pages = int((proc / "statm").read_text().split()[1])
        used = pages * os.sysconf("SC_PAGE_SIZE")
        yield _family("process_memory_bytes", "gauge", "Its memory.", "", {"": used})
        count = len(list((proc / "fd").iterdir()))
        yield _family("process_open_files", "gauge", "Its files and sockets.", "", {"": count})


def _family(name: str, kind: str, says: str, label: str, values: Mapping[str, float]) -> str:
    name = f"lora_triage_{name}"
    samples = (
        f'{name}{{{label}="{value}"}} {number}\n' if label else f"{name} {number}\n"
        for value, number in sorted(values.items())
    )
    return f"# HELP {name} {says}\n# TYPE {name} {kind}\n{''.join(samples)}"
