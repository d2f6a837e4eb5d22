"""Bundle to documents: what each file is, judged by its content and never by its name alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from diagnostics.bundle import Attachment, Bundle, Document, Kind, Skipped
from diagnostics.config import Trainers, find_configs
from diagnostics.history import HistoryError, HistoryKind, history_kind, is_wal, read_history
from diagnostics.intake.archives import Opener
from diagnostics.intake.cut import cut_file
from diagnostics.intake.databases import Databases, is_index
from diagnostics.intake.kinds import SAMPLE, is_caption, is_image, is_lora, kind_of, stem, unread
from diagnostics.intake.limits import KIB, MIB, Limits
from diagnostics.intake.store import cut_sentence
from diagnostics.intake.tail import configs_at_the_end
from diagnostics.intake.workspace import Workspace
from diagnostics.log import Series
from diagnostics.text import decode, is_binary

MESSAGE = "message"
_UNKNOWN = "looks like neither a training log nor a config of a trainer that is known here"
_MOST_ALIKE = 20
"""Parts named for one and the same reason; of more, only how many."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a bundle holds. `documents` are texts to read; `images` are names of pictures."""

    documents: tuple[Document, ...] = ()
    images: tuple[str, ...] = ()
    pictures: tuple[Attachment, ...] = ()
    """The files of `images`, to be opened while the workspace is open."""
    loras: tuple[Attachment, ...] = ()
    """Safetensors files; of those inside archives only the beginning can be read."""
    files: tuple[str, ...] = ()
    """Names of all files, read or not."""
    unreadable: tuple[str, ...] = ()
    """Names of files that the system would not let us open."""
    skipped: tuple[Skipped, ...] = ()
    histories: tuple[Series, ...] = ()
    """Loss series from files other than logs."""


def read_bundle(
    bundle: Bundle,
    limits: Limits | None = None,
    workspace: Workspace | None = None,
    trainers: Trainers | None = None,
) -> Intake:
    """Read everything in `bundle` under `limits`; what cannot be read is named in `skipped`.

    Large members of archives lie in `workspace`, and documents may be read from there as long as it is open.
    `trainers` tell which texts are configs; by default those that ship.
    """
    return _Reader(limits or Limits(), workspace or Workspace(), trainers).read(bundle)


class _Reader:
    def __init__(self, limits: Limits, workspace: Workspace, trainers: Trainers | None) -> None:
        self._limits, self._trainers = limits, trainers
        self._opener = Opener(limits, workspace)
        self._databases = Databases(limits, workspace)
        self._documents: list[Document] = []
        self._images: list[Attachment] = []
        self._loras: list[Attachment] = []
        self._files: list[str] = []
        self._unreadable: list[str] = []
        self._skipped: list[Skipped] = []
        self._empty: list[str] = []
        self._histories: list[Series] = []
        self._room = limits.texts

    def read(self, bundle: Bundle) -> Intake:
        self._skipped += bundle.skipped
        for item in self._attachments(bundle):
            self._take(item if isinstance(item, Skipped) else self._read_one(item))
        for found in self._databases.read():
            self._take(found)
        self._skipped += [Skipped(each.name, _UNKNOWN) for each in self._documents if each.kind is Kind.OTHER]
        images = tuple(image.name for image in self._images)
        pictured = {stem(name) for name in images}
        documents = [
            replace(each, kind=Kind.CAPTION, source=None) if is_caption(each.name, pictured) else each
            for each in self._documents
        ]
        documents += [Document(name, Kind.CAPTION, "") for name in self._empty if is_caption(name, pictured)]
        self._skipped += [Skipped(name, "is empty") for name in self._empty if not is_caption(name, pictured)]
        if bundle.message.strip():
            documents.insert(0, self._message(bundle.message))
        embedded = [found for host in documents for found in self._configs_in(host)]
        skipped = tuple(_not_too_many(self._skipped))
        return Intake(
            (*documents, *embedded),
            images,
            tuple(self._images),
            tuple(self._loras),
            tuple(self._files),
            tuple(self._unreadable),
            skipped,
            tuple(self._histories),
        )

    def _attachments(self, bundle: Bundle) -> Iterator[Attachment | Skipped]:
        for attachment in bundle.attachments[: self._limits.files]:
            yield from self._opener.open(attachment)
        if len(bundle.attachments) > self._limits.files:
            yield Skipped("bundle", f"has more than {self._limits.files} files; the rest was not read")

    def _take(self, item: Document | Series | Skipped | None) -> None:
        if isinstance(item, Skipped):
            self._skipped.append(item)
        elif isinstance(item, Series):
            self._histories.append(item)
        elif item is None:
            return
        elif len(item.text) > self._room:
            most = self._limits.texts // MIB
            self._skipped.append(Skipped(item.name, f"was not read: the bundle has more than {most} MB of text"))
        else:
            self._room -= len(item.text)
            self._documents.append(item)

    def _read_one(self, attachment: Attachment) -> Document | Series | Skipped | None:
        name = attachment.name
        self._files.append(name)
        reason = unread(name)
        if reason:
            return Skipped(name, reason)
        if is_lora(name):
            self._loras.append(attachment)
            return None
        if attachment.size == 0 and is_image(b"", name):
            self._images.append(attachment)
            return None
        if attachment.size == 0:
            if not is_index(name) and not self._is_empty_wal(attachment):
                self._empty.append(name)
            return None
        try:
            with attachment.open() as file:
                return self._judged(attachment, file, file.read(self._limits.sniff))
        except HistoryError as error:
            return Skipped(name, str(error))
        except OSError as error:
            if isinstance(error, PermissionError):
                self._unreadable.append(name)
            return Skipped(name, f"cannot be read: {error.strerror or error}")

    def _judged(self, attachment: Attachment, file: BinaryIO, head: bytes) -> Document | Series | Skipped | None:
        name = attachment.name
        if is_image(head, name):
            self._images.append(attachment)
            return None
        if is_wal(head) or name.endswith("-wal"):
            self._databases.add_wal(attachment)
            return None
        history = history_kind(head)
        if history is HistoryKind.DATABASE:
            self._databases.add(attachment)
            return None
        if history is not None:
            found = self._history(attachment, history)
            if found is not None:
                return found
        if is_binary(head):
            return None if is_index(name) else Skipped(name, "is binary data of a kind that is not read")
        return self._text(attachment, file, head)

    def _is_empty_wal(self, attachment: Attachment) -> bool:
        if not attachment.name.endswith("-wal"):
            return False
        self._databases.add_wal(attachment)
        return True

    def _history(self, attachment: Attachment, kind: HistoryKind) -> Series | Skipped | None:
        most = self._limits.state if kind is HistoryKind.STATE else self._limits.history
        if attachment.size > most:
            size = f"is a {kind} of {attachment.size // MIB} MB"
            return Skipped(attachment.name, f"{size}; up to {most // MIB} MB are read")
        with attachment.open() as file:
            return read_history(attachment.name, file, kind, most)

    def _text(self, attachment: Attachment, file: BinaryIO, head: bytes) -> Document | Skipped:
        name, limits = attachment.name, self._limits
        kind = kind_of(decode(head)[:SAMPLE], self._trainers)
        if kind is Kind.CONFIG and attachment.size > limits.config:
            size = f"is {attachment.size / MIB:.0f} MB"
            return Skipped(name, f"{size}: too large for a training config (limit {limits.config // KIB} KB)")
        if kind is Kind.MANIFEST and attachment.size <= limits.manifest:
            return Document(name, kind, decode(head + file.read(limits.manifest)))
        if kind is not Kind.LOG and attachment.size > limits.prose:
            return Skipped(
                name, f"is {attachment.size / MIB:.0f} MB and looks like neither a training log nor a config"
            )
        start = head + file.read(max(limits.whole - len(head), 0))
        if attachment.size <= limits.whole:
            return Document(name, kind, decode(start))
        source = attachment
        if attachment.size > limits.log:
            self._skipped.append(Skipped(name, cut_sentence(limits.head, limits.tail, attachment.size)))
            source = cut_file(attachment, limits.head, limits.tail)
        return Document(name, kind, _whole_lines(decode(start[: limits.whole])), source=source)

    def _configs_in(self, host: Document) -> list[Document]:
        if host.kind not in (Kind.PROSE, Kind.LOG):
            return []
        found = find_configs(host, self._trainers)
        if host.source:
            found += configs_at_the_end(host.name, host.source, self._limits.whole, self._trainers)
        return found

    def _message(self, text: str) -> Document:
        most = self._limits.message
        if len(text) > most:
            reason = f"is longer than {most // MIB} MB; only its beginning was read"
            self._skipped.append(Skipped(MESSAGE, reason))
        return Document(MESSAGE, Kind.PROSE, text[:most].replace("\r\n", "\n"))


def _whole_lines(text: str) -> str:
    end = text.rfind("\n") + 1 or text.rfind("\r") + 1
    return text[:end] if end else text


def _not_too_many(skipped: Iterable[Skipped]) -> Iterator[Skipped]:
    alike: dict[str, int] = {}
    for each in skipped:
        alike[each.reason] = alike.get(each.reason, 0) + 1
        if alike[each.reason] <= _MOST_ALIKE:
            yield each
    for reason, count in alike.items():
        if count > _MOST_ALIKE:
            yield Skipped(f"{count - _MOST_ALIKE} more files", reason)
