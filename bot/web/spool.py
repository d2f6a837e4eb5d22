"""Files that were handed in on the page: on disk until they are read, and for as long after as the operator sets.

Names are random numbers of ours; nothing that a person sends becomes part of a path.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from bot.cases.model import FileRef
from bot.desk import FileGoneError, FileTooLargeError

_ID = re.compile(r"(?P<thread>[0-9a-f]{32})-(?P<file>[0-9a-f]{16})")
_THREAD = re.compile(r"[0-9a-f]{32}")
_PIECE = 1 << 20


class Spool:
    """Keeps the files of each thread (a case, and what is added to it) in a folder of their own."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def new(self, thread: str) -> tuple[str, Path]:
        """Return the id of a new file of a thread, and where to write it."""
        if _THREAD.fullmatch(thread) is None:
            raise ValueError("no thread of ours")
        folder = self._home / thread
        folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        return f"{thread}-{name}", folder / name

    def write(self, thread: str, name: str, text: str) -> FileRef:
        """Keep a text as a file of a thread."""
        file, path = self.new(thread)
        path.write_text(text, encoding="utf-8", newline="")
        return FileRef(file, thread, name, path.stat().st_size)

    def hand(self, file: str, target: Path, limit: int) -> None:
        """Put a file at `target` without copying it. Raises FileGoneError, and FileTooLargeError with its beginning."""
        source = self._path(file)
        if source is None or not source.is_file():
            raise FileGoneError
        if source.stat().st_size > limit:
            with source.open("rb") as whole, target.open("wb") as beginning:
                beginning.write(whole.read(min(limit, _PIECE)))
            raise FileTooLargeError
        target.hardlink_to(source)

    def drop(self, thread: str) -> None:
        """Delete the files of a thread."""
        if _THREAD.fullmatch(thread):
            shutil.rmtree(self._home / thread, ignore_errors=True)

    def discard(self, file: str) -> None:
        """Delete one file, and its folder where nothing is left in it."""
        path = self._path(file)
        if path is not None:
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()

    def expire(self, older_than: float) -> int:
        """Delete what nobody added to for so many seconds; returns the number of threads."""
        if not self._home.is_dir():
            return 0
        oldest = time.time() - older_than
        due = [folder for folder in self._home.iterdir() if folder.stat().st_mtime <= oldest]
        for folder in due:
            shutil.rmtree(folder, ignore_errors=True)
        return len(due)

    def _path(self, file: str) -> Path | None:
        known = _ID.fullmatch(file)
        return self._home / known["thread"] / known["file"] if known else None
