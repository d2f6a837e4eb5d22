"""The web page under load: one upload of 300 MB, then 50 at once; the server's memory, and how long all took.

.venv/bin/python -m benchmarks.web_uploads
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psutil

from benchmarks.logs import typical
from tests.conftest import ROOT

_LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
_MARK = re.compile(r'name="mark" value="([0-9a-f]{32})"')
_MB = 1e6


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (base, server):
        log = Path(folder) / "typical.log"
        with log.open("wb") as file:
            file.writelines(typical(options.mb * 1_000_000))
        before = server.memory_info().rss / _MB
        with _peak(server) as peak:
            took = asyncio.run(_one(base, log))
        print(
            f"{options.mb} MB: taken in after {took[0]:.1f} s, answered after {took[1]:.1f} s; the server's memory "
            f"{before:.0f} MB before, {peak[0]:.0f} MB at most"
        )
        with _peak(server) as peak:
            started = time.perf_counter()
            each = asyncio.run(_many(base, options.at_once))
            total = time.perf_counter() - started
        print(
            f"{options.at_once} at once: {len(each)} answered in {total:.0f} s, half of them within "
            f"{statistics.median(each):.0f} s; the server's memory {peak[0]:.0f} MB at most"
        )


async def _one(base: str, log: Path) -> tuple[float, float]:
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        with log.open("rb") as file:
            return await _answered(session, file)


async def _many(base: str, count: int) -> list[float]:
    async def one(number: int) -> float:
        async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            return (await _answered(session, _LOG + b"\n" * number))[1]

    return await asyncio.gather(*(one(number) for number in range(count)))


async def _answered(session: aiohttp.ClientSession, data: object) -> tuple[float, float]:
    """Hand a log in; returns the seconds until it was taken in, and until it was answered."""
    async with session.get("/") as page:
        found = _MARK.search(await page.text())
    assert found is not None
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("mark", found[1])
    form.add_field("message", "it crashed")
    form.add_field("file", data, filename="log.txt")
    started = time.perf_counter()
    async with session.post("/cases", data=form, timeout=aiohttp.ClientTimeout(600)) as response:
        assert response.status == 200, await response.text()
        case = response.url.path
    taken = time.perf_counter() - started
    while True:
        async with session.get(f"{case}/state") as state:
            if (await state.json())["done"]:
                return taken, time.perf_counter() - started
        await asyncio.sleep(0.2)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DATA": str(folder / "data"), "WEB": "on", "WEB_PORT": str(port), "COOLDOWN_SECONDS": "0"}
    named = {f"LORA_TRIAGE_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "bot", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **named}, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        while "The page is open" not in server.stdout.readline():
            assert server.poll() is None
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield f"http://localhost:{port}", psutil.Process(server.pid)
        server.terminate()


@contextmanager
def _peak(server: psutil.Process) -> Iterator[list[float]]:
    """Yield a list that holds the most memory seen, in MB."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], server.memory_info().rss / _MB)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield most
    finally:
        over.set()
        watching.join()


if __name__ == "__main__":
    main()
