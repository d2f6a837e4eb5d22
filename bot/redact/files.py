"""Redaction at the door: the diagnosis reads copies in which secrets are placeholders already.

A secret that the diagnosis never saw cannot be cut in half by a limit on evidence, nor end up in an error message.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from bot.redact.redactor import Known, Redactor
from diagnostics.bundle import Attachment, Bundle, Skipped
from diagnostics.intake import Limits, Workspace
from diagnostics.intake.archives import Opener
from diagnostics.intake.kinds import is_lora
from diagnostics.text import encoding_of, is_binary

_CHUNK = 1 << 20
"""Bytes read at a time, and the longest refresh or line that is surely kept whole."""


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
                for block in _lines(_text(source, encoding_of(head))):
                    copy.write(redactor.redact_block(block, door.counts, door.known))
    # of a LoRA file in an archive only the beginning is kept, and its true size is what shows that it is whole
    copied = Attachment.from_path(target, named.text)
    return replace(copied, size=max(copied.size, attachment.size)) if is_lora(attachment.name) else copied


def _text(source: BinaryIO, encoding: str) -> Iterator[bytes]:
    chunks = iter(lambda: source.read(_CHUNK), b"")
    if encoding == "utf-8-sig":
        source.seek(len(codecs.BOM_UTF8))
    return _checked(chunks) if encoding in ("utf-8", "utf-8-sig") else _decoded(chunks, encoding)


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield text as UTF-8 without NULs, cut between characters; bytes that make no sense become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chain(chunks, (b"",)):
        yield decoder.decode(chunk, not chunk).replace("\0", "").encode("utf-8", "replace")


def _checked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same for what is UTF-8 already, in half the time."""
    left = b""
    for chunk in chain(chunks, (b"",)):
        data = left + chunk
        try:
            _, used = codecs.utf_8_decode(data, "strict", not chunk)
            piece = data[:used]
        except UnicodeDecodeError:
            text, used = codecs.utf_8_decode(data, "replace", not chunk)
            piece = text.encode()
        left = data[used:]
        yield piece.replace(b"\0", b"")


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield whole lines; one that is longer than a chunk is divided where a value cannot stand."""
    waiting = b""
    for piece in pieces:
        waiting += piece
        end = max(waiting.rfind(b"\n"), waiting.rfind(b"\r")) + 1
        if not end and len(waiting) > _CHUNK:
            end = waiting.rfind(b" ") + 1 or len(waiting)
        if end:
            yield waiting[:end]
            waiting = waiting[end:]
    if waiting:
        yield waiting
