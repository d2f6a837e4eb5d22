"""Draws docs/discord.png, the picture in the README, from the real reports of the examples.

.venv/bin/python -m docs.discord_look                       the picture of the README
.venv/bin/python -m docs.discord_look FOLDER PICTURE        any bundle, as wide as a desktop and as a phone
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.discord.render import drawn
from diagnostics.diagnose import Diagnostician
from docs.discord_look.page import STYLE, screen
from docs.look.example import ROOT, asked_in, reply_of
from docs.look.picture import write

PICTURE = ROOT / "docs" / "discord.png"


def shown(width: str, folder: Path, diagnostician: Diagnostician) -> str:
    """Return a channel in which a folder is posted and answered, as HTML."""
    message = drawn(reply_of(folder, diagnostician), diagnostician.knowledge)
    data = {file.filename: file.fp.read() for file in message.files}
    names = sorted(path.name for path in folder.iterdir())
    return screen(width, asked_in(folder), names, message.view.to_components(), data)  # type: ignore[no-untyped-call]


async def main() -> int:
    """Write the picture; returns the exit status."""
    return write(shown, STYLE, PICTURE)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
