"""A chat platform in a folder: what is posted is on disk at once and outlives the process that posted it."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cases.model import CaseRef, FileRef, Place, Progress, Reply, Submission
from bot.desk import Desk, FileGoneError, FileTooLargeError, PlaceGoneError, Posted
from bot.digest.model import Digest

Hook = Callable[[str], None]


@dataclass
class FolderChat:
    """Posts are lines of `posts.jsonl`; attachments are files by id."""

    folder: Path
    platform: str = "test"
    hook: Hook = lambda _step: None
    fails: list[Exception] = field(default_factory=list)
    """Raised by the next sends, one each, after the post is out."""
    closed: bool = False

    async def run(self, desk: Desk) -> None:  # noqa: ARG002
        await asyncio.Event().wait()

    async def answer(self, desk: Desk) -> None:
        await self.run(desk)

    async def fetch(self, file: FileRef, place: Place, target: Path, limit: int) -> None:  # noqa: ARG002
        self.hook("fetching")
        source = self.folder / "files" / file.id
        if not source.exists():
            raise FileGoneError
        target.write_bytes(source.read_bytes()[:limit])
        if source.stat().st_size > limit:
            raise FileTooLargeError

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        self.hook("before sending")
        if self.closed:
            raise PlaceGoneError
        number = str(len(self._lines()))
        self._write({"op": "send", "id": number, "nonce": nonce, **_said(said)})
        self.hook("after sending")
        if self.fails:
            raise self.fails.pop(0)
        return Posted(number, said.case.place)

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        self._write({"op": "edit", "id": posted.message, **_said(said)})

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:
        for line in self._lines():
            if line.get("nonce") == nonce:
                return Posted(line["id"], case.place)
        return None

    async def remove(self, posted: Posted) -> None:
        self._write({"op": "remove", "id": posted.message})

    async def send_digest(self, digest: Digest, place: Place, nonce: str) -> Posted:
        self.hook("before posting")
        if self.closed:
            raise PlaceGoneError
        number = str(len(self._lines()))
        late = digest.late_since is not None
        line = {"id": number, "nonce": nonce, "server": place.server, "channel": place.channel, "week": digest.week}
        self._write({"op": "digest", **line, "late": late})
        self.hook("after posting")
        if self.fails:
            raise self.fails.pop(0)
        return Posted(number, place)

    async def find_digest(self, digest: Digest, place: Place, nonce: str, since: float) -> Posted | None:  # noqa: ARG002
        for line in self.digests():
            if (line["nonce"], line["channel"]) == (nonce, place.channel):
                return Posted(line["id"], place)
        return None

    def digests(self) -> list[dict[str, Any]]:
        """Return the digests that were posted, the oldest first."""
        return [line for line in self._lines() if line["op"] == "digest"]

    def attach(self, name: str, data: bytes, message: str) -> FileRef:
        """Put a file on the platform."""
        file = FileRef(f"{message}-{len(list(self._files().iterdir()))}", message, name, len(data))
        (self._files() / file.id).write_bytes(data)
        return file

    def visible(self) -> dict[str, dict[str, Any]]:
        """Return the replies that stand, by id, as last edited."""
        standing: dict[str, dict[str, Any]] = {}
        for line in self._lines():
            if line["op"] == "send":
                standing[line["id"]] = line
            elif line["op"] == "remove":
                standing.pop(line["id"], None)
            elif line["id"] in standing:
                standing[line["id"]] = {**standing[line["id"]], **line}
        return standing

    def _files(self) -> Path:
        folder = self.folder / "files"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _lines(self) -> list[dict[str, Any]]:
        path = self.folder / "posts.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _write(self, line: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "posts.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _said(reply: Reply | Progress) -> dict[str, Any]:
    if isinstance(reply, Progress):
        return {"case": reply.case.id, "step": reply.step.value, "ahead": reply.ahead}
    findings = [each["id"] for each in reply.report["findings"]] if reply.report else []
    return {
        "case": reply.case.id,
        "revision": reply.revision,
        "outcome": reply.outcome.value,
        "findings": findings,
        "notice": reply.notice,
        "report": reply.report,
        "redactions": reply.redactions,
    }


def submission(
    message: str,
    *,
    person: str = "marta",
    text: str = "",
    files: tuple[FileRef, ...] = (),
    asked: bool = True,
    server: str = "s",
    channel: str = "c",
    thread: str = "",
) -> Submission:
    return Submission(f"e-{message}", message, Place("test", server, channel, thread), person, text, files, asked)


async def settled(desk: Desk, cases: int) -> None:
    """Wait until `cases` cases are answered and none is waiting."""
    async with asyncio.timeout(300):
        while True:
            counted = await desk.lookup.statistics()
            if counted.by_state == {"answered": cases}:
                return
            await asyncio.sleep(0.02)
