"""Posts digests at the times on standard input, or dies: python -m tests.bot.desk.digest_child FOLDER SEED."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from structlog.testing import capture_logs

from tests.bot.cases.store import Clock
from tests.bot.desk.chat import FolderChat
from tests.bot.desk.digest_world import process


async def main(folder: Path, seed: int) -> None:
    rng, clock = random.Random(seed), Clock()

    def hook(_step: str) -> None:
        if rng.random() < 0.2:
            os.kill(os.getpid(), signal.SIGKILL)

    with capture_logs():
        async with process(folder, clock, FolderChat(folder / "chat", hook=hook)) as (_, post):
            for line in sys.stdin:
                clock.now = float(line)
                sys.stdout.write(f"{await post.post_due()}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
