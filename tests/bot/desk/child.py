"""A desk that answers one case and may kill itself on the way: python -m tests.bot.desk.child FOLDER [STEP]."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bot.cases.intake import Intake
from bot.cases.model import FileRef
from bot.cases.outbox import Outbox
from bot.cases.repeats import Repeats
from bot.desk import Desk
from bot.diagnosis.pool import DiagnosisPool
from bot.settings import Settings
from tests.bot.desk.chat import FolderChat, settled, submission

STEPS = (
    "before the row",
    "after the row",
    "fetching",
    "diagnosing",
    "diagnosed",
    "before sending",
    "after sending",
    "after noting",
)
_PATCHED: dict[str, tuple[type, str, bool]] = {
    "before the row": (Intake, "receive", True),
    "after the row": (Intake, "receive", False),
    "diagnosing": (DiagnosisPool, "run", True),
    "diagnosed": (DiagnosisPool, "run", False),
    "after noting": (Outbox, "sent", False),
    "recognised": (Repeats, "recognise", False),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(step: str) -> None:
    """Replace the method at `step` by one that kills this process before or after doing its work."""
    owner, name, before = _PATCHED[step]
    method = getattr(owner, name)

    async def deadly(*args: Any, **kwargs: Any) -> Any:
        if before:
            die()
        result = await method(*args, **kwargs)
        die()
        return result

    setattr(owner, name, deadly)


async def main(folder: Path, step: str) -> None:
    chat = FolderChat(folder / "chat", hook=lambda reached: die() if reached == step else None)
    if step in _PATCHED:
        die_at(step)
    file = FileRef("m1-0", "m1", "log.txt", 1000)
    settings = Settings(data=folder / "data", workers=1)
    async with Desk(settings, [chat]).opened() as desk:
        # what a platform does after a lost connection: the event comes again
        await desk.receive(submission("m1", text="it crashed", files=(file,)))
        await settled(desk, 1)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
