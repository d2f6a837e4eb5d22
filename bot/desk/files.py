"""Attachments to disk, under limits, for as long as they are read."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.cases.model import Claim
from bot.desk.adapter import Adapter, FileGoneError, FileTooLargeError
from bot.diagnosis.job import JobFile
from knowledge.desk import Notices

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Bounds on what is fetched for one case."""

    file_mib: int
    case_mib: int
    files: int


@dataclass
class Fetched:
    """What could be had of a case's attachments."""

    folder: Path
    """Free for the copies that the diagnosis makes."""
    files: list[JobFile] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def fetched(
    claim: Claim, adapter: Adapter, limits: FileLimits, notices: Notices, home: Path
) -> AsyncIterator[Fetched]:
    """Fetch the attachments of a case below `home`; all of it is deleted again at the end."""
    home = home / f"{claim.case.id}-{claim.fence}"
    await asyncio.to_thread(_make, home)
    got = Fetched(home / "copies")
    left = limits.case_mib * _MIB
    try:
        for number, file in enumerate(claim.files):
            if number >= limits.files:
                got.left_out.append((file.name, notices.too_many_files.format(limit=limits.files, files=file.name)))
                continue
            target = home / str(number)
            most = min(limits.file_mib * _MIB, left)
            reason = notices.file_too_large if most == limits.file_mib * _MIB else notices.case_too_large
            largest = limits.file_mib if most == limits.file_mib * _MIB else limits.case_mib
            try:
                if file.size > most:
                    raise FileTooLargeError
                await adapter.fetch(file, claim.case.place, target, most)
            except FileGoneError:
                got.gone.append(file.name)
            except FileTooLargeError:
                got.left_out.append((file.name, reason.format(limit=f"{largest} MB", files=file.name)))
            else:
                left -= target.stat().st_size
                got.files.append(JobFile(file.id, file.name, target))
        yield got
    finally:
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)


def digests(files: Iterable[JobFile]) -> dict[str, str]:
    """Return the SHA-256 of each file by its id."""
    found = {}
    for each in files:
        with each.path.open("rb") as file:
            found[each.id] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _make(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    (home / "copies").mkdir(parents=True)
