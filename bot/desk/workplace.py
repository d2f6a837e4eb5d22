"""A folder of its own for each process at work: what is fetched lies there while it is read."""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_LOCK = "lock"
_BEGINNING_SECONDS = 60


class TakenError(Exception):
    """Another process has what only one may have."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only process within; raises `TakenError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        if not _locked(file):
            raise TakenError
        yield


@contextmanager
def workplace(folder: Path, owner: str) -> Iterator[Path]:
    """Return a folder for one process below `folder`; what processes left that are no more is deleted first."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        _clear(left)
    mine = folder / owner
    mine.mkdir()
    with (mine / _LOCK).open("wb") as file:
        _locked(file)
        try:
            yield mine
        finally:
            shutil.rmtree(mine, ignore_errors=True)


def room(folder: Path, least_mib: int) -> bool:
    """Tell whether the disk below `folder` has at least so many MiB left."""
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free >= least_mib << 20


def _clear(left: Path) -> None:
    with suppress(OSError):
        try:
            with (left / _LOCK).open("rb") as file:
                gone = _locked(file)
        except FileNotFoundError:  # one that begins at this moment has none yet
            gone = time.time() - left.stat().st_mtime > _BEGINNING_SECONDS
        if gone:
            shutil.rmtree(left, ignore_errors=True)


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
