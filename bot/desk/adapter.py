"""What the desk needs of a chat platform: the seam that every adapter fills."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.cases.model import CaseRef, FileRef, Place, Reply

if TYPE_CHECKING:
    from bot.desk.desk import Desk


class FileGoneError(Exception):
    """The file cannot be had any more: its link ran out or its message was deleted."""


class FileTooLargeError(Exception):
    """The file turned out larger than allowed."""


class PlaceGoneError(Exception):
    """The channel, the message to answer or the reply itself is gone: there is nobody to tell."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A reply of ours as it stands on the platform; `place` names the thread where it opened one."""

    message: str
    place: Place


class Adapter(Protocol):
    """One chat platform. Any other error than the three above is taken for passing trouble, and tried again later."""

    platform: str

    async def run(self, desk: Desk) -> None:
        """Connect, and hand every event to `desk.receive` and `desk.edit`, until cancelled."""

    async def fetch(self, file: FileRef, place: Place, target: Path, limit: int) -> None:
        """Stream a file to `target`; never writes more than `limit` bytes. Raises FileGoneError, FileTooLargeError."""

    async def send(self, reply: Reply, nonce: str) -> Posted:
        """Post a reply that carries `nonce` where `find_reply` sees it. Raises PlaceGoneError."""

    async def edit(self, posted: Posted, reply: Reply) -> None:
        """Make an earlier reply say something else. Raises PlaceGoneError."""

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:
        """Return the reply with this nonce if it was posted, however the process that posted it ended."""

    async def remove(self, posted: Posted) -> None:
        """Take a reply down; one that is gone already is no error."""
