"""A desk that gets one file twice and may kill itself at the second: python -m tests.bot.desk.again FOLDER [STEP]."""

import asyncio
import sys
from pathlib import Path

from bot.cases.model import FileRef
from bot.desk import Desk
from bot.settings import Settings
from tests.bot.desk.chat import FolderChat, settled, submission
from tests.bot.desk.child import _PATCHED, die, die_at


async def main(folder: Path, step: str) -> None:
    chat = FolderChat(folder / "chat")
    settings = Settings(data=folder / "data", workers=1, cooldown_seconds=0)
    async with Desk(settings, [chat]).opened() as desk:
        await desk.receive(submission("m1", text="it crashed", files=(FileRef("m1-0", "m1", "log.txt", 1000),)))
        await settled(desk, 1)
        if step in _PATCHED:
            die_at(step)
        chat.hook = lambda reached: die() if reached == step else None
        again = FileRef("m2-1", "m2", "log (1).txt", 1000)
        await desk.receive(submission("m2", text="and again, with batch size 1", files=(again,)))
        await settled(desk, 1)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
