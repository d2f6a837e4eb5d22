"""What an attachment is, in a word, judged by its first bytes."""

from __future__ import annotations

from pathlib import Path

from diagnostics.config import looks_like_config
from diagnostics.history import history_kind
from diagnostics.intake.kinds import archive_kind
from diagnostics.log import looks_like_log
from diagnostics.text import decode, is_binary

_SNIFF = 65_536
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
TRAINING = frozenset({"log", "config", "history"})
"""Kinds that are training material by themselves."""


def kind_of(path: Path) -> str:
    """Return archive, image, log, config, history, text, binary or empty."""
    with path.open("rb") as file:
        head = file.read(_SNIFF)
    if not head:
        return "empty"
    if archive_kind(head):
        return "archive"
    if head.startswith(_IMAGES):
        return "image"
    if is_binary(head):
        return "history" if history_kind(head) else "binary"
    text = decode(head)
    if looks_like_log(text):
        return "log"
    return "config" if looks_like_config(text) else "text"
