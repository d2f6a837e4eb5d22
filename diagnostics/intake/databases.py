"""SQLite loss databases: each is read from a private copy, with the write-ahead file that was handed in beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from diagnostics.bundle import Attachment, Skipped
from diagnostics.history import HistoryError, is_unfinished, read_database, read_wal
from diagnostics.intake.limits import MIB, Limits
from diagnostics.intake.unpack import CHUNK
from diagnostics.intake.workspace import Workspace
from diagnostics.log import Series

_WAL, _INDEX = "-wal", "-shm"
_MOST = 16
"""Databases of one bundle: each may take a second or two."""
_DAMAGED = "is damaged or cut off: the newest steps of the loss database may be missing"
_UNFINISHED = "was not given or not read: the newest steps of the loss database may be missing"


def is_index(name: str) -> bool:
    """Tell SQLite's index of a write-ahead file, which holds nothing of its own."""
    return name.endswith(_INDEX)


@dataclass
class Databases:
    """The databases of a bundle and their write-ahead files, which may come before or after them."""

    limits: Limits
    workspace: Workspace
    _databases: list[Attachment] = field(default_factory=list)
    _wals: dict[str, Attachment] = field(default_factory=dict)

    def add(self, attachment: Attachment) -> None:
        """Take a database."""
        self._databases.append(attachment)

    def add_wal(self, attachment: Attachment) -> None:
        """Take a write-ahead file; it belongs to the database of its name in the same folder."""
        self._wals[attachment.name] = attachment

    def read(self) -> Iterator[Series | Skipped]:
        """Yield the training loss of each database, and what could not be read."""
        for attachment in self._databases[_MOST:]:
            yield Skipped(attachment.name, f"was not read: the bundle has more than {_MOST} databases")
        for attachment in self._databases[:_MOST]:
            wal = self._wals.pop(attachment.name + _WAL, None)
            try:
                yield from self._read(attachment, wal)
            except HistoryError as error:
                yield Skipped(attachment.name, str(error))
            except OSError as error:
                yield Skipped(attachment.name, f"cannot be read: {error.strerror or error}")
        for name in self._wals:
            yield Skipped(name, "belongs to a database that was not given: please send both")

    def _read(self, attachment: Attachment, wal: Attachment | None) -> Iterator[Series | Skipped]:
        if attachment.size > self.limits.database:
            raise HistoryError(self._too_large(attachment))
        if wal is not None and wal.size > self.limits.database:
            yield Skipped(wal.name, self._too_large(wal))
            wal = None
        path, copy = self.workspace.create(".db")
        try:
            head = self._copy(attachment, copy)
            if wal is not None and wal.size:
                beside, target = self.workspace.beside(path, _WAL)
                self._copy(wal, target)
                if read_wal(beside).damaged:
                    yield Skipped(wal.name, _DAMAGED)
            yield read_database(attachment.name, path)
        finally:
            for ending in ("", _WAL, _INDEX):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        if is_unfinished(head) and wal is None:
            yield Skipped(attachment.name + _WAL, _UNFINISHED)

    def _copy(self, attachment: Attachment, copy: BinaryIO) -> bytes:
        left, head = self.limits.database, b""
        with copy, attachment.open() as file:
            while left > 0 and (chunk := file.read(min(CHUNK, left))):
                head = head or chunk
                left -= len(chunk)
                copy.write(chunk)
        return head

    def _too_large(self, attachment: Attachment) -> str:
        return f"is a loss database of {attachment.size // MIB} MB; up to {self.limits.database // MIB} MB are read"
