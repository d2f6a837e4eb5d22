"""`lora-triage serve` on a fake chat that kills itself: python -m tests.bot.live.child CHAT BASE FOLDER [STEP]."""

import asyncio
import importlib
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


def main(chat: str, base: str, folder: Path, step: str) -> None:
    """Serve until killed or terminated."""
    importlib.import_module(f"tests.bot.{chat}.fake.point").point(base)
    values = importlib.import_module(f"tests.bot.{chat}.live").settings(folder)

    async def serve() -> None:
        adapters = make_adapters(values)
        if step:
            die_at(step, adapters[0])
        await run(values, adapters)

    asyncio.run(serve())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "")
