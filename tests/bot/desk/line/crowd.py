"""A chat in a folder that many processes write at the same time, and a worker that answers on it.

python -m tests.bot.desk.line.crowd FOLDER URL NAME TAKEOVER
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.cases.model import CaseRef, Progress, Reply
from bot.desk import Desk, Posted
from bot.settings import Settings
from tests.bot.desk.chat import FolderChat


@dataclass
class CrowdChat(FolderChat):
    """Each post is one line, written at once; replies are found by their nonce."""

    async def send(self, said: Reply | Progress, nonce: str) -> Posted:
        number = secrets.token_hex(6)
        findings = said.report["findings"] if isinstance(said, Reply) and said.report else []
        self._note("send", number, nonce=nonce, case=said.case.id, findings=[each["id"] for each in findings])
        return Posted(number, said.case.place)

    async def edit(self, posted: Posted, said: Reply | Progress) -> None:
        findings = said.report["findings"] if isinstance(said, Reply) and said.report else []
        self._note("edit", posted.message, case=said.case.id, findings=[each["id"] for each in findings])

    async def find_reply(self, case: CaseRef, nonce: str) -> Posted | None:
        found = (line["id"] for line in self.posts() if line.get("nonce") == nonce)
        number = next(found, None)
        return None if number is None else Posted(number, case.place)

    async def remove(self, posted: Posted) -> None:
        self._note("remove", posted.message)

    def posts(self) -> Iterator[dict[str, Any]]:
        """Yield everything that was done, in the order of its writing."""
        path = self.folder / "posts.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines)

    def standing(self) -> dict[str, list[str]]:
        """Return the replies that stand, by case."""
        cases: dict[str, str] = {}
        for line in self.posts():
            if line["op"] == "send":
                cases[line["id"]] = line["case"]
            elif line["op"] == "remove":
                cases.pop(line["id"], None)
        listed: dict[str, list[str]] = {}
        for number, case in cases.items():
            listed.setdefault(case, []).append(number)
        return listed

    def _note(self, did: str, number: str, **more: Any) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"op": did, "id": number, **more}) + "\n"
        # one write, so that lines of several processes do not mix
        descriptor = os.open(self.folder / "posts.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def settings(folder: Path, url: str, name: str, role: str, takeover: float, **more: Any) -> Settings:
    """Return the settings of one process."""
    values = Settings(
        data=folder / name,
        database=url,
        secret=SecretStr("0123456789abcdef"),
        takeover_seconds=takeover,
        cooldown_seconds=0,
        workers=1,
    )
    return values.model_copy(update={"role": role, **more})


async def main(folder: Path, url: str, name: str, takeover: float) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    while not ended.is_set():
        try:
            async with Desk(settings(folder, url, name, "worker", takeover), [CrowdChat(folder / "chat")]).opened():
                await ended.wait()
        except Exception as error:  # as whoever runs it would: started again, until the database is back
            sys.stderr.write(f"{name} begins anew: {error!r}\n")
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))
