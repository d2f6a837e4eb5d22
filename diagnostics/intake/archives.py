"""The one guarded opener: archives to attachments, within limits, nothing written outside our own folder.

Names of members are shown to people and never used as paths.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from diagnostics.bundle import Attachment, Kind, Skipped
from diagnostics.intake.kinds import archive_kind, is_lora, kind_of, unread
from diagnostics.intake.limits import MIB, Limits
from diagnostics.intake.store import Source, Store
from diagnostics.intake.tars import BLOCK, TarError, tar_entries
from diagnostics.intake.unpack import CHUNK, Ending, Stored, Unpacked, unpacker
from diagnostics.intake.workspace import Workspace
from diagnostics.intake.zips import ZipEntry, data_start, walk_zip, zip_data, zip_entries
from diagnostics.text import decode, is_binary

_REFUSED = {
    # py7zr unpacks solid blocks whole: in trials it went far past every limit it was given
    "7z": "7z archives are not opened here; please pack it again as .zip",
    "rar": "RAR archives are not opened here; please pack it again as .zip",
}
_TOO_DEEP = "an archive inside an archive inside an archive is not opened; please pack it again, once"
_LONGEST_NAME = 255
_HEADERS_A_FILE = 8
"""Folders and headers that are passed over for each file that may be read."""
_DRIVE = re.compile("[A-Za-z]:")

Found = Iterator[Attachment | Skipped]


def is_log(head: bytes) -> bool:
    """Tell a log by its first bytes."""
    return not is_binary(head) and kind_of(decode(head)) is Kind.LOG


class _TooManyError(Exception):
    """More files, or more headers, than are read."""


class Opener:
    """Opens the archives of one bundle; all of them share one set of limits."""

    def __init__(self, limits: Limits, workspace: Workspace) -> None:
        self._limits = limits
        self._store = Store(limits, workspace, is_log)
        self._files = limits.files
        self._headers = limits.files * _HEADERS_A_FILE
        self._names: Counter[str] = Counter()

    def open(self, attachment: Attachment, depth: int = 0) -> Found:
        """Yield `attachment` itself, or where it is an archive its members, and what was left out with the reason."""
        try:
            with attachment.open() as file:
                kind = archive_kind(file.read(BLOCK))
        except PermissionError:
            yield attachment  # whoever reads it says so: it counts as a file that is there
            return
        except OSError as error:
            yield Skipped(attachment.name, f"cannot be opened: {error.strerror or error}")
            return
        if kind is None or unread(attachment.name):
            yield attachment
        elif kind in _REFUSED:
            yield Skipped(attachment.name, _REFUSED[kind])
        elif depth >= self._limits.depth:
            yield Skipped(attachment.name, _TOO_DEEP)
        elif attachment.size > self._limits.packed:
            size = f"is an archive of {attachment.size // MIB} MB"
            yield Skipped(attachment.name, f"{size}; up to {self._limits.packed // MIB} MB are opened")
        else:
            yield from self._expanded(attachment, kind, depth)

    def _expanded(self, attachment: Attachment, kind: str, depth: int) -> Found:
        try:
            with attachment.open() as file:
                for member in self._members(attachment, kind, file):
                    if isinstance(member, Skipped):
                        yield member
                    else:
                        yield from self.open(member, depth + 1)
        except _TooManyError:
            yield Skipped(attachment.name, f"has more than {self._limits.files} files; the rest was not read")
        except OSError as error:
            yield Skipped(attachment.name, f"cannot be unpacked: {error.strerror or error}")

    def _members(self, attachment: Attachment, kind: str, file: BinaryIO) -> Found:
        name, work = attachment.name, self._store.work
        if kind == "zip":
            yield from self._zip(name, file)
        elif kind == "tar":
            size = attachment.size
            yield from self._tar(name, Unpacked(file, lambda: Stored(size), self._limits, work, many=False))
        else:
            stream = Unpacked(file, unpacker(kind, self._limits), self._limits, work)
            if archive_kind(stream.peek(BLOCK)) == "tar":
                yield from self._tar(name, stream)
            else:
                yield from self._keep(_unpacked_name(name, kind), stream)

    def _tar(self, name: str, stream: Unpacked) -> Found:
        damage = None
        try:
            for entry in tar_entries(stream):
                self._count_header()
                if entry is None or _is_noise(entry.name):
                    continue
                path = self._path(name, entry.name)
                if entry.plain:
                    yield from self._keep(path, entry.data)
                else:
                    yield Skipped(path, "is a link or a device; only plain files are read")
        except TarError as error:
            damage = f"is damaged ({error}); what follows was not read"
        if stream.ending not in (None, Ending.WHOLE):
            damage = f"{stream.ending}; what follows was not read"
        if damage:
            yield Skipped(name, damage)

    def _zip(self, name: str, file: BinaryIO) -> Found:
        entries = zip_entries(file)
        for entry in entries or ():
            yield from self._zipped(name, file, entry)
        if entries is None:
            yield Skipped(name, "its table of contents cannot be read, it may be cut off: what is there was read")
            at: int | None = 0
            while at is not None and (found := walk_zip(file, at)) is not None:
                at = yield from self._zipped(name, file, found)

    def _zipped(self, name: str, file: BinaryIO, entry: ZipEntry) -> Generator[Attachment | Skipped, None, int | None]:
        """Yield one member; return where its data ends, None where that cannot be known."""
        self._count_header()
        start = data_start(file, entry)
        if start is None:
            yield Skipped(self._path(name, entry.name), "is missing from the archive, which is damaged")
            return None
        stream = zip_data(file, entry, start, self._limits, self._store.work)
        if not (entry.name.endswith("/") or _is_noise(entry.name)):
            path = self._path(name, entry.name)
            if entry.encrypted:
                yield Skipped(path, "is encrypted; please send it without a password")
            elif not entry.plain:
                yield Skipped(path, "is a link or a device; only plain files are read")
            elif stream is None:
                yield Skipped(path, "is packed in a way that is not read here; please pack it as a plain .zip")
            else:
                yield from self._keep(path, stream)
        if entry.size is not None:
            return start + entry.size
        if stream is None or entry.encrypted:
            return None
        while stream.read(CHUNK):
            pass
        return start + stream.consumed if stream.ending is Ending.WHOLE else None

    def _keep(self, path: str, source: Source) -> Found:
        reason = unread(path)
        if reason:
            yield Skipped(path, reason)
        elif is_lora(path):
            yield from self._store.keep_head(path, source, self._limits.lora_header)
        else:
            yield from self._store.keep(path, source)

    def _path(self, archive: str, member: str) -> str:
        if self._files <= 0:
            raise _TooManyError
        self._files -= 1
        path = f"{archive}/{shown_name(member)}"
        self._names[path] += 1
        if self._names[path] == 1:
            return path
        pure = PurePosixPath(path)
        return str(pure.with_name(f"{pure.stem} ({self._names[path]}){pure.suffix}"))

    def _count_header(self) -> None:
        self._headers -= 1
        if self._headers < 0:
            raise _TooManyError


def shown_name(path: str) -> str:
    """Return a member's name as it is shown: relative, without ``..``, drive letters and characters nobody sees."""
    plain = "".join(char if char.isprintable() else "?" for char in path.replace("\\", "/"))
    parts = [part for part in plain.split("/") if part.strip() not in ("", ".", "..")]
    if parts and _DRIVE.fullmatch(parts[0]):
        parts = parts[1:]
    return "/".join(parts)[-_LONGEST_NAME:].lstrip("/") or "unnamed"


def _is_noise(path: str) -> bool:
    return "__MACOSX" in path or path.endswith(".DS_Store")


def _unpacked_name(name: str, kind: str) -> str:
    return name.removesuffix(f".{kind}").removesuffix(".zstd") or name
