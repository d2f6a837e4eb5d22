"""A stream of unknown length, as standard input is, kept in the temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from diagnostics.bundle import Attachment, Skipped
from diagnostics.intake.archives import is_log
from diagnostics.intake.limits import MIB, Limits
from diagnostics.intake.store import Store
from diagnostics.intake.unpack import CHUNK, Ending
from diagnostics.intake.workspace import Workspace


class _Plain:
    """A stream as it comes, up to `most` bytes."""

    overblown = False

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._left = file, most
        self.ending: Ending | None = None

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._left, CHUNK))
        self._left -= len(data)
        return data

    @property
    def cut(self) -> bool:
        return self._left <= 0 and bool(self._file.read(1))


def spool(name: str, file: BinaryIO, limits: Limits, workspace: Workspace) -> Iterator[Attachment | Skipped]:
    """Yield the stream as an attachment; of a log of more than `limits.member` bytes head and tail.

    No more than `limits.log` bytes are read of it: a stream may have no end.
    """
    stream = _Plain(file, limits.log)
    refusal = f"is longer than {limits.member // MIB} MB and does not look like a log"
    # everything counts as one member; nothing here is unpacked
    store = Store(replace(limits, expanded=limits.member), workspace, is_log, refusal)
    yield from store.keep(name, stream)
    if stream.cut:
        yield Skipped(name, f"was read up to {limits.log // MIB} MB only; please give the file itself")
