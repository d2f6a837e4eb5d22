"""`lora-triage serve` on a fake Slack, killing itself at a step: python -m tests.bot.slack.child BASE FOLDER [STEP]."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bot.cases.intake import Intake
from bot.cases.outbox import Outbox
from bot.desk import Adapter
from bot.diagnosis.pool import DiagnosisPool
from bot.serve import make_adapters, run
from tests.bot.slack.fake.point import point
from tests.bot.slack.live import settings

STEPS: dict[str, tuple[type | None, str, bool]] = {
    "before the row": (Intake, "receive", True),
    "after the row": (Intake, "receive", False),
    "fetching": (None, "fetch", True),
    "diagnosing": (DiagnosisPool, "run", True),
    "diagnosed": (DiagnosisPool, "run", False),
    "before sending": (None, "send", True),
    "after sending": (None, "send", False),
    "after noting": (Outbox, "sent", False),
}
"""Step to the method that it is part of (None: of the adapter), and whether it comes before the method's work."""


def die_at(step: str, adapter: Adapter) -> None:
    """Have this process killed at a step."""
    owner, name, before = STEPS[step]
    owner = owner or type(adapter)
    method = getattr(owner, name)

    async def deadly(*args: Any, **kwargs: Any) -> Any:
        if not before:
            await method(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)


def main(base: str, folder: Path, step: str) -> None:
    """Serve until killed or terminated."""
    point(base)
    values = settings(folder)

    async def serve() -> None:
        adapters = make_adapters(values)
        if step:
            die_at(step, adapters[0])
        await run(values, adapters)

    asyncio.run(serve())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
