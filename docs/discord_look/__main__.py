"""Draws docs/discord.png, the picture in the README, from a real report of an example.

.venv/bin/python -m docs.discord_look [EXAMPLE] [PICTURE]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.cases.model import CaseRef, Outcome, Place, Reply
from bot.discord.render import Drawn, drawn
from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from diagnostics.loss.plot import draw as draw_curve
from docs.discord_look.browser import NoBrowserError, png
from docs.discord_look.page import page, screen
from knowledge.load import load_knowledge

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = ("desktop", "phone")


def reply_of(folder: Path, diagnostician: Diagnostician) -> Reply:
    """Diagnose a folder with the message beside it, and return what the desk would say."""
    diagnosis = diagnostician.examine(collect([str(folder)], folder.with_suffix(".txt").read_text(encoding="utf-8")))
    report = diagnosis.report
    plot = None
    if diagnosis.series is not None and report.loss is not None:
        plot = draw_curve(diagnosis.series, report.loss, diagnosis.profile)
    case = CaseRef("7KQ4MD", Place("discord", "1", "2"), "3")
    return Reply(case, 1, Outcome.DIAGNOSED, report.to_dict(), None, {}, plot)


def picture(shown: Drawn, asked: str, files: list[str]) -> bytes:
    """Return what Discord shows of a message, at the width of a desktop and of a phone."""
    data = {file.filename: file.fp.read() for file in shown.files}
    components = shown.view.to_components()
    return png(page(screen(width, asked, files, components, data) for width in WIDTHS))


async def main() -> int:
    """Write the picture; returns the exit status."""
    example = ROOT / "examples" / (sys.argv[1] if len(sys.argv) > 1 else "plastic-skin")
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "discord.png"
    diagnostician = Diagnostician(load_knowledge())
    shown = drawn(reply_of(example, diagnostician), diagnostician.knowledge)
    asked = example.with_suffix(".txt").read_text(encoding="utf-8").strip()
    try:
        data = picture(shown, asked, sorted(path.name for path in example.iterdir()))
    except NoBrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    target.write_bytes(data)
    sys.stderr.write(f"{target}: {len(data) / 1000:.0f} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
