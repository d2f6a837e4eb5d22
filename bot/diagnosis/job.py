"""What a worker process is handed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class JobFile:
    """A fetched attachment: the platform's id, its redacted name, and where it lies."""

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Job:
    """One diagnosis. `folder` is for the copies that are read; whoever made it deletes it."""

    text: str
    files: tuple[JobFile, ...]
    folder: Path
    asked: bool
    """Without a call, what is no training material gets no answer."""
    left_out: tuple[tuple[str, str], ...] = ()
    """(name, reason) of files that could not be fetched."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker process may use. The time is that of one job, in seconds."""

    seconds: float
    memory_mib: int
    jobs: int
    """Jobs after which the process is replaced."""
