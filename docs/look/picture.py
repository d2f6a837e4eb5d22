"""The script of a picture: screens of a chat side by side, written as one PNG."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.chat.blocks import Card
from bot.chat.digest import digest_card
from diagnostics.diagnose import Diagnostician
from docs.look.browser import NoBrowserError, png
from docs.look.digest import digest_of_simulation
from docs.look.example import README
from knowledge.load import load_knowledge
from knowledge.model import Knowledge

Screen = Callable[[str, Path, Diagnostician], str]
"""Width (desktop or phone) and folder to a channel in which it is posted and answered, as HTML."""
Posted = Callable[[str, Card, Knowledge], str]
"""Width and a card to a channel in which the card is posted, as HTML."""


def write(screen: Screen, posted: Posted, style: Path, target: Path) -> int:
    """Write a picture of the README, or with arguments FOLDER PICTURE of any bundle; returns the exit status.

    With the one argument ``digest`` it is the weekly digest, beside `target`, as ``NAME-digest.png``.
    """
    knowledge = load_knowledge()
    if sys.argv[1:] == ["digest"]:
        target = target.with_name(f"{target.stem}-digest.png")
        card = digest_card(digest_of_simulation(knowledge), knowledge)
        return _write([posted(width, card, knowledge) for width in ("desktop", "phone")], style, target)
    screens = README
    if sys.argv[1:]:
        folder, target = map(Path, sys.argv[1:])
        screens = (("desktop", folder), ("phone", folder))
    diagnostician = Diagnostician(knowledge)
    return _write([screen(width, folder, diagnostician) for width, folder in screens], style, target)


def _write(screens: Iterable[str], style: Path, target: Path) -> int:
    try:
        data = png(page(screens, style))
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
