"""Draws docs/report.svg, the picture in the README, from a real report of an example.

.venv/bin/python docs/picture.py
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from bot.inputs import collect
from bot.render.terminal import show_report
from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "out-of-memory"
WIDTH = 118
_FETCHED_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")


def main() -> None:
    """Write the picture; it fetches nothing when it is looked at."""
    diagnostician = Diagnostician(load_knowledge())
    report = diagnostician.diagnose(collect([str(EXAMPLE)], EXAMPLE.with_suffix(".txt").read_text(encoding="utf-8")))
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    show_report(report, diagnostician.knowledge, console)
    svg = console.export_svg(title="lora-triage diagnose examples/out-of-memory")
    (ROOT / "docs" / "report.svg").write_text(_FETCHED_FONTS.sub("", svg), encoding="utf-8")


if __name__ == "__main__":
    main()
