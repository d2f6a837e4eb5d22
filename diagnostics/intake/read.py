"""Bundle to documents: what each file is, judged by its content and never by its name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from diagnostics.bundle import Attachment, Bundle, Document, Kind, Skipped
from diagnostics.config import Trainers, find_configs, looks_like_config
from diagnostics.history import HistoryError, is_unfinished, may_be_history, read_history
from diagnostics.intake.archives import archive_kind, expand
from diagnostics.intake.decode import decode, is_binary
from diagnostics.intake.limits import MIB, Limits
from diagnostics.log import Series, looks_like_log

MESSAGE = "message"
_STRUCTURE = re.compile(
    r"""\s*(?:#|//|<|[{}\[\]]|(?:- )?["']?[\w.\-]+["']?\s*[:=](?:\s|$)|(?:import|from|def|class) \w)"""
)
_HEADING = re.compile(r"#{1,6} \w")
_HEADINGS = 3
"""Headings from which a text is documentation rather than somebody's complaint."""
_STRUCTURED = 0.5
"""Share of lines that look like settings or code, from which a text is not somebody's own words."""
_SAMPLE = 65_536
_UNKNOWN = "looks like neither a training log nor a config of a trainer that is known here"
_UNFINISHED = "was not given or not read: the newest steps of the loss database may be missing"
_IMAGE_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_CAPTION_ENDINGS = frozenset({".txt", ".caption"})
_IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif", ".heic", ".tif", ".tiff"})
_KNOWN_BINARIES = {
    ".safetensors": "a LoRA or model file: its contents are not read yet",
    ".pt": "a checkpoint that can hold code: never opened",
    ".ckpt": "a checkpoint that can hold code: never opened",
    ".pkl": "a file that can hold code: never opened",
}


@dataclass(frozen=True, slots=True)
class Intake:
    """What a bundle holds. `documents` are texts to read; `images` are names of pictures."""

    documents: tuple[Document, ...] = ()
    images: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    histories: tuple[Series, ...] = ()
    """Loss series from files other than logs."""


def read_bundle(bundle: Bundle, limits: Limits | None = None, trainers: Trainers | None = None) -> Intake:
    """Read everything in `bundle` under `limits`; what cannot be read is named in `skipped`.

    `trainers` tell which texts are configs; by default those that ship.
    """
    limits = limits or Limits()
    documents: list[Document] = []
    images: list[str] = []
    skipped: list[Skipped] = []
    histories: list[Series] = []
    for attachment in _flatten(bundle, limits, skipped):
        item = _read_one(attachment, limits, skipped, trainers)
        if isinstance(item, Skipped):
            skipped.append(item)
        elif isinstance(item, Series):
            histories.append(item)
        elif item.kind is Kind.IMAGE:
            images.append(item.name)
        else:
            documents.append(item)
    skipped += [Skipped(each.name, _UNKNOWN) for each in documents if each.kind is Kind.OTHER]
    pictured = {_stem(name) for name in images}
    documents = [
        Document(document.name, Kind.CAPTION, document.text) if _is_caption(document, pictured) else document
        for document in documents
    ]
    if bundle.message.strip():
        documents.insert(0, _message(bundle.message, limits, skipped))
    hosts = [document for document in documents if document.kind in (Kind.PROSE, Kind.LOG)]
    embedded = [found for host in hosts for found in find_configs(host, trainers)]
    return Intake((*documents, *embedded), tuple(images), tuple(skipped), tuple(histories))


def _flatten(bundle: Bundle, limits: Limits, skipped: list[Skipped]) -> Iterator[Attachment]:
    for attachment in bundle.attachments[: limits.files]:
        try:
            with attachment.open() as file:
                kind = archive_kind(file.read(512))
        except OSError as error:
            skipped.append(Skipped(attachment.name, f"cannot be opened: {error.strerror or error}"))
            continue
        if kind is None:
            yield attachment
            continue
        for member in expand(attachment, kind, limits):
            if isinstance(member, Skipped):
                skipped.append(member)
            else:
                yield member
    if len(bundle.attachments) > limits.files:
        skipped.append(Skipped("bundle", f"has more than {limits.files} files; the rest was not read"))


def _read_one(
    attachment: Attachment, limits: Limits, skipped: list[Skipped], trainers: Trainers | None
) -> Document | Series | Skipped:
    name = attachment.name
    ending = PurePosixPath(name).suffix.lower()
    if ending in _KNOWN_BINARIES:
        return Skipped(name, _KNOWN_BINARIES[ending])
    if attachment.size == 0:
        return Skipped(name, "is empty")
    try:
        with attachment.open() as file:
            head = file.read(limits.sniff)
            if _is_image(head, ending):
                return Document(name, Kind.IMAGE, "")
            if archive_kind(head) is not None:
                return Skipped(name, "an archive inside an archive is not opened")
            if attachment.size <= limits.history and may_be_history(head):
                data = head + file.read()
                series = read_history(name, data)
                if series is not None:
                    if is_unfinished(data):
                        skipped.append(Skipped(f"{name}-wal", _UNFINISHED))
                    return series
                return _text(name, data, trainers)
            if is_binary(head):
                return Skipped(name, "is binary data of a kind that is not read")
            kind = _kind(decode(head), trainers)
            if kind is Kind.CONFIG and attachment.size > limits.config:
                size = f"is {attachment.size / MIB:.0f} MB"
                return Skipped(name, f"{size}: too large for a training config (limit {limits.config // 1024} KB)")
            if kind is not Kind.LOG and attachment.size > limits.prose:
                size = f"is {attachment.size / MIB:.0f} MB"
                return Skipped(name, f"{size} and looks like neither a training log nor a config")
            if attachment.size <= limits.text:
                return _text(name, head + file.read(), trainers)
            rest = file.read(limits.head - len(head))
            file.seek(attachment.size - (limits.text - limits.head))
            tail = file.read(limits.text - limits.head)
    except HistoryError as error:
        return Skipped(name, str(error))
    except OSError as error:
        return Skipped(name, f"cannot be read: {error.strerror or error}")
    read, whole = (limits.text // MIB, attachment.size // MIB)
    skipped.append(Skipped(name, f"only its beginning and its end were read ({read} of {whole} MB)"))
    return Document(name, kind, decode(head + rest) + "\n" + decode(tail))


def _text(name: str, data: bytes, trainers: Trainers | None) -> Document:
    text = decode(data)
    return Document(name, _kind(text[:_SAMPLE], trainers), text)


def _kind(sample: str, trainers: Trainers | None) -> Kind:
    if looks_like_log(sample):
        return Kind.LOG
    if looks_like_config(sample, trainers):
        return Kind.CONFIG
    lines = [line for line in sample.split("\n") if line.strip()]
    structured = sum(_STRUCTURE.match(line) is not None for line in lines)
    headings = sum(_HEADING.match(line) is not None for line in lines)
    document = structured >= _STRUCTURED * len(lines) or headings >= _HEADINGS
    return Kind.OTHER if document else Kind.PROSE


def _message(text: str, limits: Limits, skipped: list[Skipped]) -> Document:
    if len(text) > limits.message:
        skipped.append(Skipped(MESSAGE, f"is longer than {limits.message // MIB} MB; only its beginning was read"))
    return Document(MESSAGE, Kind.PROSE, text[: limits.message].replace("\r\n", "\n"))


def _is_image(head: bytes, ending: str) -> bool:
    return (
        head.startswith(_IMAGE_MAGIC)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and ending in _IMAGE_ENDINGS)
    )


def _is_caption(document: Document, pictured: set[str]) -> bool:
    path = PurePosixPath(document.name)
    return path.suffix.lower() in _CAPTION_ENDINGS and _stem(document.name) in pictured


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))
