"""Redaction at the door: the diagnosis reads copies in which secrets are placeholders already.

A secret that the diagnosis never saw cannot be cut in half by a limit on evidence, nor end up in an error message.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.redact.redactor import Known, Redactor
from diagnostics.bundle import Attachment, Bundle, Skipped
from diagnostics.intake import Limits, Workspace
from diagnostics.intake.archives import Opener
from diagnostics.text import encoding_of, is_binary

_CHUNK = 1 << 20
"""Bytes read at a time, and the longest line that is kept whole."""


@dataclass
class Door:
    """What came through: the bundle to diagnose, what was left out, and what was replaced."""

    bundle: Bundle
    skipped: list[Skipped] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    known: set[Known] = field(default_factory=set)
    """Values that the diagnosis may see and nobody after it."""


def admit(bundle: Bundle, redactor: Redactor, folder: Path, limits: Limits | None = None) -> Door:
    """Return `bundle` with all text redacted; copies go to `folder`. Archives are unpacked on the way."""
    limits = limits or Limits()
    door = Door(bundle)
    text = bundle.message[: limits.message].encode("utf-8", "replace")
    door.known |= redactor.learn(text)
    message = redactor.redact_block(text, door.counts).decode("utf-8", "replace")
    with Workspace() as workspace:
        admitted = [
            _copy(member, redactor, folder / str(number), limits, door)
            for number, member in enumerate(_flatten(bundle, Opener(limits, workspace), door))
        ]
    door.bundle = Bundle(message, tuple(admitted))
    door.skipped = [replace(each, part=redactor.redact_name(each.part).text) for each in door.skipped]
    return door


def _flatten(bundle: Bundle, opener: Opener, door: Door) -> Iterator[Attachment]:
    for attachment in bundle.attachments:
        for member in opener.open(attachment):
            if isinstance(member, Skipped):
                door.skipped.append(member)
            else:
                yield member


def _copy(attachment: Attachment, redactor: Redactor, target: Path, limits: Limits, door: Door) -> Attachment:
    named = redactor.redact_name(attachment.name)
    door.counts.update(named.counts)
    door.known |= redactor.learn(f"/{attachment.name}".encode("utf-8", "replace"))
    with attachment.open() as source:
        head = source.read(limits.sniff)
        source.seek(0)
        with target.open("wb") as copy:
            if is_binary(head):
                while chunk := source.read(_CHUNK):
                    copy.write(chunk)
            else:
                decoder = codecs.getincrementaldecoder(encoding_of(head))(errors="replace")
                for block in _blocks(iter(lambda: source.read(_CHUNK), b""), decoder):
                    door.known |= redactor.learn(block)
                    copy.write(redactor.redact_block(block, door.counts))
    return Attachment.from_path(target, named.text)


def _blocks(chunks: Iterator[bytes], decoder: codecs.IncrementalDecoder) -> Iterator[bytes]:
    """Yield whole lines as UTF-8; a line longer than a chunk is divided where a value cannot stand."""
    waiting = b""
    for chunk in chunks:
        waiting += decoder.decode(chunk).replace("\0", "").encode("utf-8", "replace")
        end = waiting.rfind(b"\n") + 1
        if not end and len(waiting) > _CHUNK:
            end = max(waiting.rfind(b"\r"), waiting.rfind(b" ")) + 1 or len(waiting)
        if end:
            yield waiting[:end]
            waiting = waiting[end:]
    waiting += decoder.decode(b"", True).replace("\0", "").encode("utf-8", "replace")
    if waiting:
        yield waiting
