"""Which of the files handed in are the dataset, and which pictures are samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from diagnostics.bundle import Document, Kind
from diagnostics.pictures.read import Picture

_REPEATS_FOLDER = re.compile(r"(\d{1,4})_(.+)")
_SAMPLE_FOLDERS = frozenset({"samples", "sample", "outputs", "generated", "good", "bad"})
_CAPTION_ENDINGS = (".txt", ".caption")


@dataclass(frozen=True, eq=False)
class Member:
    """A picture of the dataset with its caption, None where it has none."""

    name: str
    caption: str | None = None
    picture: Picture | None = None

    @property
    def folder(self) -> str:
        """Name of the folder it lies in; empty where it lies in none."""
        return PurePosixPath(self.name).parent.name

    @property
    def base(self) -> str:
        """Name of the file."""
        return PurePosixPath(self.name).name

    @property
    def stem(self) -> str:
        """Name of the file without its ending."""
        return PurePosixPath(self.name).stem


@dataclass(frozen=True)
class Division:
    """The files of a bundle, divided."""

    members: tuple[Member, ...] = ()
    samples: tuple[Picture, ...] = ()
    orphans: tuple[str, ...] = ()
    """Captions in the dataset's folders that belong to no picture."""
    extras: tuple[str, ...] = ()
    """Files in the dataset's folders that are neither picture nor caption."""


def divide(
    images: Sequence[str],
    pictures: Mapping[str, Picture],
    documents: Iterable[Document],
    files: Iterable[str],
    paths: Iterable[str] = (),
) -> Division:
    """Divide `images` (names) into dataset and samples; `pictures` are those that were read, `files` all names.

    A picture belongs to the dataset where it has a caption, or lies in a folder with such pictures, named
    ``<repeats>_<name>``, or called as one of the dataset `paths` of the config; the others are samples.
    """
    captions = {_stem(d.name): d.text.strip() for d in documents if d.kind is Kind.CAPTION}
    called = {PurePosixPath(path.replace("\\", "/")).name for path in paths} - {""}
    folders = {
        _folder(name)
        for name in images
        if _stem(name) in captions or repeats_of(PurePosixPath(name).parent.name) or _called(name, called)
    }
    folders = {folder for folder in folders if PurePosixPath(folder).name.lower() not in _SAMPLE_FOLDERS}
    members = tuple(
        Member(name, captions.get(_stem(name)), pictures.get(name)) for name in images if _folder(name) in folders
    )
    pictured = {_stem(name) for name in images}
    inside = [name for name in files if _folder(name) in folders - {"."} and name not in set(images)]
    texts = [name for name in inside if name.lower().endswith(_CAPTION_ENDINGS) and _stem(name) not in pictured]
    return Division(
        members,
        tuple(pictures[name] for name in images if _folder(name) not in folders and name in pictures),
        tuple(texts),
        tuple(name for name in inside if not name.lower().endswith(_CAPTION_ENDINGS)),
    )


def repeats_of(folder: str) -> int | None:
    """Return the repeats in the name of a folder, ``40_maya`` -> 40; None where it names none."""
    match = _REPEATS_FOLDER.fullmatch(folder)
    return int(match.group(1)) if match else None


def subject_of(folder: str) -> str | None:
    """Return what follows the repeats in the name of a folder, ``40_maya`` -> maya."""
    match = _REPEATS_FOLDER.fullmatch(folder)
    return match.group(2) if match else None


def _called(name: str, called: set[str]) -> bool:
    return PurePosixPath(name).parent.name in called


def _folder(name: str) -> str:
    return str(PurePosixPath(name).parent)


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))
