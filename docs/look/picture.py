"""The script of a picture: screens of a chat side by side, written as one PNG."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from diagnostics.diagnose import Diagnostician
from docs.look.browser import NoBrowserError, png
from docs.look.example import README
from knowledge.load import load_knowledge

Screen = Callable[[str, Path, Diagnostician], str]
"""Width (desktop or phone) and folder to a channel in which it is posted and answered, as HTML."""


def write(screen: Screen, style: Path, target: Path) -> int:
    """Write the picture of the README, or with arguments FOLDER PICTURE of any bundle; returns the exit status."""
    screens = README
    if sys.argv[1:]:
        folder, target = map(Path, sys.argv[1:])
        screens = (("desktop", folder), ("phone", folder))
    diagnostician = Diagnostician(load_knowledge())
    try:
        data = png(page([screen(width, folder, diagnostician) for width, folder in screens], style))
    except NoBrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    target.write_bytes(data)
    sys.stderr.write(f"{target}: {len(data) / 1000:.0f} KB\n")
    return 0


def page(screens: Iterable[str], style: Path) -> str:
    """Return a whole page that shows screens side by side."""
    css = style.read_text(encoding="utf-8")
    return f'<!doctype html><meta charset="utf-8"><style>{css}</style><body>{"".join(screens)}</body>'
