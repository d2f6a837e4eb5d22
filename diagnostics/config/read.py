"""One document to one config, whoever's trainer it is for."""

from __future__ import annotations

import re

from diagnostics.bundle import Document
from diagnostics.config.formats import parse
from diagnostics.config.formats.command import after_setup
from diagnostics.config.formats.parse import COMMAND_START
from diagnostics.config.model import TrainingConfig
from diagnostics.config.trainers.registry import Trainers, shipped

LONGEST = 512 * 1024
"""Characters; nobody writes a config of half a megabyte (ai-toolkit's longest example has 6 KB)."""
_SAMPLE = 65_536
_CONFIG_LINE = re.compile(
    r"\s*(?:#.*|//.*|---\s*|\[\[?[\w.\"' \-]{1,80}\]\]?|[{}\[\]],?|\],?|\},?"
    r"|(?:-\s+)?[\"']?[\w./\-]{1,80}[\"']?\s*(?::(?:\s.*)?|=.*)|-\s+\S.*|[\"'].*[\"'],?|[\d.\-]+,?)\s*$"
)
_SHARE = 0.7
_KEYS = 3
"""Keys from which a text is a config even where it cannot be parsed, so that its mistake is found."""


def looks_like_config(text: str, trainers: Trainers | None = None) -> bool:
    """Tell, from the beginning of `text`, whether it is a training config as a whole (not one inside other text)."""
    sample = text[:_SAMPLE]
    lines = [line[:300] for line in sample.split("\n")[:400] if line.strip()]
    if not lines:
        return False
    commands = [line for line in sample[after_setup(sample) :].split("\n") if line.strip() and line.lstrip()[0] != "#"]
    if commands and COMMAND_START.match(commands[0][:2_000]):
        return (
            len(lines) < 200
            and (trainers or shipped()).choose(parse(sample)) is not None
            and _all_options(commands[1:])
        )
    # programs write an object on one line
    whole = len(lines) == 1 and lines[0].lstrip()[0] == "{"
    if not whole and sum(bool(_CONFIG_LINE.match(line)) for line in lines) < _SHARE * len(lines):
        return False
    trainers = trainers or shipped()
    return len(trainers.keys_in(sample)) >= _KEYS or trainers.choose(parse(sample)) is not None


def _all_options(lines: list[str]) -> bool:
    return all(line.lstrip().startswith(("--", "^", "\\")) for line in lines)


def read_config(document: Document, trainers: Trainers | None = None) -> TrainingConfig | None:
    """Return the config in `document`; None where it is none. Never raises, whatever the text.

    `trainers` are those of the knowledge in use; by default those that ship.
    """
    if len(document.text) > LONGEST or not document.text.strip():
        return None
    tree = parse(document.text)
    trainer = (trainers or shipped()).choose(tree)
    return trainer.read(document, tree) if trainer else None
