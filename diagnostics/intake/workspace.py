"""A temporary folder of our own: the only place where reading a bundle writes."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from diagnostics.bundle import Attachment


class Workspace:
    """A folder (mode 0700) of files that we name (mode 0600), made when the first file is, and removed with all of it.

    A context manager; without ``with`` it goes when the last attachment made by it is gone.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._files = 0
        self._closed = False
        self._remove: weakref.finalize[..., Workspace] | None = None

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and all that is in it; a file still open stays readable until it is closed."""
        self._closed = True
        if self._remove is not None:
            self._remove()

    @property
    def folder(self) -> Path | None:
        """Where the files are; None while there is none."""
        return self._folder

    def create(self, ending: str = "") -> tuple[Path, BinaryIO]:
        """Return a new empty file and a handle that reads and writes it. `ending` is ours, never a stranger's."""
        self._files += 1
        return self._made(f"{self._files:06}{ending}")

    def beside(self, path: Path, ending: str) -> tuple[Path, BinaryIO]:
        """Return a new empty file named like `path` (one of ours) with `ending` after it, as SQLite wants its -wal."""
        return self._made(path.name + ending)

    def attachment(self, name: str, path: Path) -> Attachment:
        """Return the file at `path` under the name that a person knows; it keeps the folder alive."""

        def opened() -> BinaryIO:
            if self._closed:
                raise OSError(f"{name} was read after the diagnosis had ended")
            return path.open("rb")

        return Attachment(name, path.stat().st_size, opened)

    def _made(self, name: str) -> tuple[Path, BinaryIO]:
        if self._closed:
            raise OSError("the temporary folder is gone already")
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="lora-triage-"))  # mode 0700, as mkdtemp promises
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / name
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        return path, os.fdopen(handle, "w+b")
