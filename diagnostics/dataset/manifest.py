"""What `collect` wrote on the person's machine: the dataset's names, hashes and captions, and the machine itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from diagnostics.bundle import Document, Kind
from diagnostics.dataset.members import Division, Member
from diagnostics.pictures.header import PictureHeader
from diagnostics.pictures.read import Picture, Problem, described
from knowledge.facts import MachineFacts

_Name = Annotated[str, StringConstraints(max_length=500)]
_Short = Annotated[str, StringConstraints(max_length=200)]
_Count = Annotated[int, Field(ge=0, le=1 << 53)]
_MOST = 5_000
_DEEPEST = 1 << 20


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Header(_Part):
    kind: _Short
    width: Annotated[int, Field(ge=1, le=_DEEPEST)]
    height: Annotated[int, Field(ge=1, le=_DEEPEST)]
    bits: Annotated[int, Field(ge=1, le=64)] = 8
    channels: Annotated[int, Field(ge=1, le=8)] = 3
    animated: bool = False
    orientation: Annotated[int, Field(ge=1, le=8)] = 1
    complete: bool = True


class _Picture(_Part):
    name: _Name
    size: _Count = 0
    sha256: _Short = ""
    header: _Header | None = None
    kind: _Short | None = None
    """Of a picture whose header could not be read: what it is by its first bytes."""
    readable: bool = True
    caption: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class _Machine(_Part):
    gpu: _Short | None = None
    vram_gib: float | None = None
    driver: _Short | None = None
    ram_gib: float | None = None
    torch: _Short | None = None
    python: _Short | None = None
    trainer_version: _Short | None = None


class _Manifest(_Part):
    lora_triage: Annotated[int, Field(ge=1, le=1)]
    machine: _Machine = _Machine()
    paths_missing: Annotated[tuple[_Name, ...], Field(max_length=100)] | None = None
    output_writable: bool | None = None
    free_disk_gib: float | None = None
    pictures: Annotated[tuple[_Picture, ...], Field(max_length=_MOST)] = ()
    captions_without_image: Annotated[tuple[_Name, ...], Field(max_length=_MOST)] = ()
    extras: Annotated[tuple[_Name, ...], Field(max_length=_MOST)] = ()


class ManifestError(ValueError):
    """The file calls itself a manifest and is none that is understood."""


@dataclass(frozen=True)
class Manifest:
    """A manifest in the terms of the diagnosis."""

    division: Division
    machine: MachineFacts
    unreadable: tuple[str, ...]


def read_manifests(documents: Iterable[Document]) -> Manifest | None:
    """Return what the first manifest among `documents` says, None where there is none; raises `ManifestError`."""
    for document in documents:
        if document.kind is Kind.MANIFEST:
            return read_manifest(document.text)
    return None


def read_manifest(text: str) -> Manifest:
    """Read one manifest; raises `ManifestError`."""
    try:
        found = _Manifest.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise ManifestError(f"cannot be read at {where or 'its beginning'}; please run collect again") from error
    machine = found.machine
    return Manifest(
        Division(
            tuple(Member(each.name, each.caption, _picture(each)) for each in found.pictures),
            orphans=found.captions_without_image,
            extras=found.extras,
        ),
        MachineFacts(
            gpu=machine.gpu,
            vram_gib=machine.vram_gib,
            driver=machine.driver,
            ram_gib=machine.ram_gib,
            torch_version=machine.torch,
            python_version=machine.python,
            trainer_version=machine.trainer_version,
            paths_missing=found.paths_missing,
            output_writable=found.output_writable,
            free_disk_gib=found.free_disk_gib,
        ),
        tuple(each.name for each in found.pictures if not each.readable),
    )


def _picture(each: _Picture) -> Picture | None:
    if not each.readable:
        return None
    if each.header is None:
        return Picture(each.name, each.size, each.sha256, problems=(Problem(each.kind or "damaged"),))
    header = PictureHeader(**each.header.model_dump())
    problems = described(each.name, header)
    if not header.complete:
        problems.append(Problem("truncated"))
    return Picture(each.name, each.size, each.sha256, header, None, tuple(problems))
