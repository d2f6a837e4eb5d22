"""Draws docs/slack.png, the picture in the README, from the real reports of the examples.

.venv/bin/python -m docs.slack_look                       the picture of the README
.venv/bin/python -m docs.slack_look FOLDER PICTURE        any bundle, as wide as a desktop and as a phone
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.chat.answer import answer
from bot.slack.render import draw
from diagnostics.diagnose import Diagnostician
from docs.look.example import ROOT, asked_in, reply_of
from docs.look.picture import write
from docs.slack_look.page import STYLE, screen

PICTURE = ROOT / "docs" / "slack.png"


def shown(width: str, folder: Path, diagnostician: Diagnostician) -> str:
    """Return a thread in which a folder is posted and answered, as HTML."""
    drawn = draw(answer(reply_of(folder, diagnostician), diagnostician.knowledge), diagnostician.knowledge)
    names = sorted(path.name for path in folder.iterdir())
    blocks = drawn.with_pictures({picture.name: picture.name for picture in drawn.pictures})
    pictures = {picture.name: picture.data for picture in drawn.pictures}
    files = {file.name: len(file.data) for file in drawn.files}
    return screen(width, asked_in(folder), names, blocks, pictures, files)


if __name__ == "__main__":
    sys.exit(write(shown, STYLE, PICTURE))
