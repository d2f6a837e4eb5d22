"""Serves a fake Discord and kills itself at a step: python -m tests.bot.discord.child BASE FOLDER STEP."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bot.cases.intake import Intake
from bot.cases.outbox import Outbox
from bot.diagnosis.pool import DiagnosisPool
from bot.discord.account import DiscordAdapter
from bot.serve import make_adapters, run
from tests.bot.discord.fake.point import point
from tests.bot.discord.live import settings

STEPS: dict[str, tuple[type, str, bool]] = {
    "before the row": (Intake, "receive", True),
    "after the row": (Intake, "receive", False),
    "fetching": (DiscordAdapter, "fetch", True),
    "diagnosing": (DiagnosisPool, "run", True),
    "diagnosed": (DiagnosisPool, "run", False),
    "before sending": (DiscordAdapter, "send", True),
    "after sending": (DiscordAdapter, "send", False),
    "after noting": (Outbox, "sent", False),
}
"""Step to the method that it is part of, and whether it comes before the method's work."""


def die_at(step: str) -> None:
    """Have this process killed at a step."""
    owner, name, before = STEPS[step]
    method = getattr(owner, name)

    async def deadly(*args: Any, **kwargs: Any) -> Any:
        if not before:
            await method(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)


def main(base: str, folder: Path, step: str) -> None:
    """Serve until killed or terminated."""
    point(base)
    if step:
        die_at(step)
    values = settings(folder)
    asyncio.run(run(values, make_adapters(values)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
