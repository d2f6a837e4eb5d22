"""Draws docs/discord.png, the picture in the README, from the real reports of the examples.

.venv/bin/python -m docs.discord_look                       the picture of the README
.venv/bin/python -m docs.discord_look FOLDER PICTURE        any bundle, as wide as a desktop and as a phone
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.cases.model import CaseRef, Outcome, Place, Reply
from bot.discord.render import drawn
from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from diagnostics.loss.plot import draw as draw_curve
from docs.discord_look.browser import NoBrowserError, png
from docs.discord_look.page import page, screen
from knowledge.load import load_knowledge

ROOT = Path(__file__).resolve().parents[2]
README = (("desktop", ROOT / "examples" / "out-of-memory"), ("phone", ROOT / "examples" / "plastic-skin"))
PICTURE = ROOT / "docs" / "discord.png"


def reply_of(folder: Path, diagnostician: Diagnostician) -> Reply:
    """Diagnose a folder with the message beside it, and return what the desk would say."""
    diagnosis = diagnostician.examine(collect([str(folder)], asked_in(folder)))
    report = diagnosis.report
    plot = None
    if diagnosis.series is not None and report.loss is not None:
        plot = draw_curve(diagnosis.series, report.loss, diagnosis.profile)
    case = CaseRef("7KQ4MD", Place("discord", "1", "2"), "3")
    return Reply(case, 1, Outcome.DIAGNOSED, report.to_dict(), None, {}, plot)


def asked_in(folder: Path) -> str:
    """Return the message that was posted with the files of a folder."""
    said = folder.with_suffix(".txt")
    return said.read_text(encoding="utf-8").strip() if said.exists() else ""


def shown(width: str, folder: Path, diagnostician: Diagnostician) -> str:
    """Return a channel in which a folder is posted and answered, as HTML."""
    message = drawn(reply_of(folder, diagnostician), diagnostician.knowledge)
    data = {file.filename: file.fp.read() for file in message.files}
    names = sorted(path.name for path in folder.iterdir())
    return screen(width, asked_in(folder), names, message.view.to_components(), data)  # type: ignore[no-untyped-call]


async def main() -> int:
    """Write the picture; returns the exit status."""
    screens, target = README, PICTURE
    if sys.argv[1:]:
        folder, target = map(Path, sys.argv[1:])
        screens = (("desktop", folder), ("phone", folder))
    diagnostician = Diagnostician(load_knowledge())
    try:
        data = png(page([shown(width, folder, diagnostician) for width, folder in screens]))
    except NoBrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    target.write_bytes(data)
    sys.stderr.write(f"{target}: {len(data) / 1000:.0f} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
