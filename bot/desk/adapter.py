"""What the desk needs of a chat platform: the seam that every adapter fills."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.cases.model import CaseRef, FileRef, Place, Progress, Reply
from bot.digest.model import Digest

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
        """Connect, and hand every event to `desk.receive`, `edit` and `withdraw`, until cancelled."""

    async def answer(self, desk: Desk) -> None:
        """Be ready to fetch and to say, and hear nothing, until cancelled: others listen."""

    async def fetch(self, file: FileRef, place: Place, target: Path, limit: int) -> None:
        """Stream a file to `target`; never writes more than `limit` bytes. Raises FileGoneError, FileTooLargeError.

        Of a file that is too large, its beginning is left at `target`.
        """

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        """Post the reply of a case in a way that `find_reply` finds it. Raises PlaceGoneError."""

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        """Make an earlier reply say something else. Raises PlaceGoneError."""

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:
        """Return the reply to a case if it was posted, however the process that posted it ended.

        `nonce` is the one that it was sent with. The id of the case may be empty: then it is forgotten already.
        """

    async def remove(self, posted: Posted) -> None:
        """Take a reply down; one that is gone already is no error."""

    async def send_digest(self, digest: Digest, place: Place, nonce: str) -> Posted:
        """Post a digest in a way that `find_digest` finds it. Raises PlaceGoneError."""

    async def find_digest(self, digest: Digest, place: Place, nonce: str, since: float) -> Posted | None:
        """Return a digest if it was posted in a place at or after `since` (UNIX seconds), made whole if it was not."""
