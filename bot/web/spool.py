"""Files that were handed in on the page: on disk until they are read, and for as long after as the operator sets.

Names are random numbers of ours; nothing that a person sends becomes part of a path.
"""

from __future__ import annotations

import asyncio
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


def is_thread(name: str) -> bool:
    """Tell whether that is the name of a thread of ours."""
    return _THREAD.fullmatch(name) is not None


class Spool:
    """Keeps the files of each thread (a case, and what is added to it) in a folder of their own."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def new(self, thread: str) -> tuple[str, Path]:
        """Return the id of a new file of a thread, and where to write it."""
        if not is_thread(thread):
            raise ValueError("no thread of ours")
        folder = self._home / thread
        folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        return f"{thread}-{name}", folder / name

    async def keep(self, file: str) -> None:
        """Have a file that was written found by everybody who may read it."""

    async def write(self, thread: str, name: str, text: str) -> FileRef:
        """Keep a text as a file of a thread."""
        file, path = self.new(thread)
        path.write_text(text, encoding="utf-8", newline="")
        size = path.stat().st_size
        await self.keep(file)
        return FileRef(file, thread, name, size)

    async def hand(self, file: str, target: Path, limit: int) -> None:
        """Put a file at `target`. Raises FileGoneError, and FileTooLargeError with its beginning."""
        await asyncio.to_thread(self._hand, file, target, limit)

    async def drop(self, thread: str) -> None:
        """Delete the files of a thread."""
        if is_thread(thread):
            await asyncio.to_thread(shutil.rmtree, self._home / thread, ignore_errors=True)

    async def discard(self, file: str) -> None:
        """Delete one file, and its folder where nothing is left in it."""
        path = self.path(file)
        if path is not None:
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()

    async def expire(self, older_than: float) -> int:
        """Delete what nobody added to for so many seconds; returns the number of threads."""
        return await asyncio.to_thread(self._expire, older_than)

    def path(self, file: str) -> Path | None:
        """Return where a file is in the folder; None where that is no id of ours."""
        known = _ID.fullmatch(file)
        return self._home / known["thread"] / known["file"] if known else None

    def _hand(self, file: str, target: Path, limit: int) -> None:
        source = self.path(file)
        if source is None or not source.is_file():
            raise FileGoneError
        if source.stat().st_size > limit:
            with source.open("rb") as whole, target.open("wb") as beginning:
                beginning.write(whole.read(min(limit, _PIECE)))
            raise FileTooLargeError
        try:
            target.hardlink_to(source)
        except OSError:  # the folder of another disk, as a volume that several containers share
            shutil.copyfile(source, target)

    def _expire(self, older_than: float) -> int:
        if not self._home.is_dir():
            return 0
        oldest = time.time() - older_than
        due = [folder for folder in self._home.iterdir() if folder.stat().st_mtime <= oldest]
        for folder in due:
            shutil.rmtree(folder, ignore_errors=True)
        return len(due)
