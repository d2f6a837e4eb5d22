"""Archives opened safely: members become attachments in memory, nothing is written to disk, no path is trusted."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from diagnostics.bundle import Attachment, Skipped
from diagnostics.intake.limits import Limits

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\x28\xb5\x2f\xfd", "zst"),
)
_REFUSED = {
    "7z": "7z archives are not opened here; please pack it again as .zip",
    "rar": "RAR archives are not opened here; please pack it again as .zip",
    "zst": "zstd files are not opened here yet; please unpack it or pack it as .zip",
}
_CHUNK = 1 << 16


class _TooLargeError(Exception):
    """A member expands past its limit."""


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass
class _Budget:
    left: int
    files: int


def archive_kind(head: bytes) -> str | None:
    """Return zip, tar, gz, bz2, xz, 7z, rar or zst by magic bytes, else None."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return "tar" if head[257:262] == b"ustar" else None


def expand(attachment: Attachment, kind: str, limits: Limits) -> Iterator[Attachment | Skipped]:
    """Yield the members of an archive as attachments, and what was left out with the reason.

    One level: an archive inside it is named as skipped, save for the tar of a ``.tar.gz``.
    """
    if kind in _REFUSED:
        yield Skipped(attachment.name, _REFUSED[kind])
        return
    budget = _Budget(limits.expanded, limits.files)
    try:
        with attachment.open() as file:
            if kind == "zip":
                yield from _zip(attachment.name, file, limits, budget)
            elif kind == "tar":
                yield from _tar(attachment.name, file, limits, budget)
            else:
                yield from _single(attachment, kind, file, limits, budget)
    except _TooLargeError:
        yield Skipped(attachment.name, _too_large(limits))
    except Exception as error:  # damaged archives make their libraries raise almost anything
        yield Skipped(attachment.name, f"the archive is damaged or cut off ({type(error).__name__})")


def _zip(name: str, file: BinaryIO, limits: Limits, budget: _Budget) -> Iterator[Attachment | Skipped]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir() or _is_noise(member.filename):
                continue
            path = f"{name}/{_safe(member.filename)}"
            if budget.files <= 0:
                yield Skipped(name, f"has more than {limits.files} files; the rest was not read")
                return
            budget.files -= 1
            if member.flag_bits & 1:
                yield Skipped(path, "is encrypted; please send it without a password")
            elif member.external_attr >> 28 == 0xA:
                yield Skipped(path, "is a link; links are not followed")
            else:
                try:
                    with archive.open(member) as stream:
                        yield Attachment.from_bytes(path, _read(stream, member.compress_size, limits, budget))
                except _TooLargeError:
                    yield Skipped(path, _too_large(limits))
                except Exception as error:  # damaged archives make their libraries raise almost anything
                    yield Skipped(path, f"cannot be unpacked ({type(error).__name__})")


def _tar(name: str, file: BinaryIO, limits: Limits, budget: _Budget) -> Iterator[Attachment | Skipped]:
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for member in archive:
            if member.isdir() or _is_noise(member.name):
                continue
            path = f"{name}/{_safe(member.name)}"
            if budget.files <= 0:
                yield Skipped(name, f"has more than {limits.files} files; the rest was not read")
                return
            budget.files -= 1
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None:
                yield Skipped(path, "is a link or a device; only plain files are read")
                continue
            try:
                yield Attachment.from_bytes(path, _read(stream, member.size, limits, budget))
            except _TooLargeError:
                yield Skipped(path, _too_large(limits))


def _single(
    attachment: Attachment, kind: str, file: BinaryIO, limits: Limits, budget: _Budget
) -> Iterator[Attachment | Skipped]:
    openers: dict[str, Callable[[BinaryIO], AbstractContextManager[_Stream]]] = {
        "gz": lambda packed: gzip.GzipFile(fileobj=packed),
        "bz2": bz2.BZ2File,
        "xz": lzma.LZMAFile,
    }
    with openers[kind](file) as stream:
        data = _read(stream, attachment.size, limits, budget)
    if archive_kind(data) == "tar":
        yield from _tar(attachment.name, io.BytesIO(data), limits, budget)
    else:
        yield Attachment.from_bytes(attachment.name.removesuffix(f".{kind}"), data)


def _read(stream: _Stream, compressed: int, limits: Limits, budget: _Budget) -> bytes:
    data = bytearray()
    most = max(limits.ratio_from, compressed * limits.ratio)
    while chunk := stream.read(_CHUNK):
        data += chunk
        budget.left -= len(chunk)
        if len(data) > most or budget.left < 0:
            raise _TooLargeError
    return bytes(data)


def _safe(path: str) -> str:
    parts = [part for part in PurePosixPath(path.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return "/".join(parts)[-255:] or "unnamed"


def _is_noise(path: str) -> bool:
    return "__MACOSX" in path or path.endswith(".DS_Store")


def _too_large(limits: Limits) -> str:
    return f"unpacks to more than allowed ({limits.expanded >> 20} MB in all, {limits.ratio} times its packed size)"
