"""Worker processes that can be killed, frozen and cut off from their database."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests.conftest import ROOT


class Wire:
    """A connection to the database that can be cut, or left open with nothing coming through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()
        self._refuses = False
        self.port = 0

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        assert self._server is not None
        self._server.close()

    def cut(self) -> None:
        """Close every connection, and take no new one."""
        self._refuses = True
        for writer in self._writers:
            writer.transport.abort()

    def hold(self) -> None:
        """Let nothing through, without a word to either side."""
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._refuses = False
        self._open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        with suppress(OSError):
            their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers |= {writer, their_writer}
            await asyncio.gather(self._pipe(reader, their_writer), self._pipe(their_reader, writer))
        self._writers.discard(writer)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)


class Worker:
    """One worker process behind a wire of its own; started anew when it dies."""

    def __init__(self, folder: Path, url: str, name: str, takeover: float, wire: Wire, log: IO[bytes]) -> None:
        self._command = [
            *(sys.executable, "-m", "tests.bot.desk.line.crowd"),
            *(str(folder), url, name, str(takeover)),
        ]
        self._log = log
        self.wire = wire
        self.start()

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(self._command, cwd=ROOT, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        """Kill it for good, and start the next one."""
        self.process.kill()
        self.process.wait()
        self.start()

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, as if nothing had happened."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, gently if it can."""
        self.thaw()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
