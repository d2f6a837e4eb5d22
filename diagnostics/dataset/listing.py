"""What names and captions of a posted dataset show; the pictures themselves are not opened here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from diagnostics.bundle import Document, Kind
from knowledge.facts import DatasetFacts

_REPEATS_FOLDER = re.compile(r"(\d{1,4})_(.+)")
_PLAIN_NAME = re.compile(r"[\w.\-]+", re.ASCII)
_SAMPLE_FOLDERS = frozenset({"samples", "sample", "outputs", "generated"})


def read_dataset(
    images: Sequence[str], documents: Sequence[Document], trigger: str | None, body_tag: str | None
) -> DatasetFacts:
    """Count images and captions, and name the captions that are missing, empty or lack the trigger word.

    A picture belongs to the dataset where it has a caption or lies in a folder named ``<repeats>_<name>``; other
    pictures are taken for samples. `body_tag` is the caption tag that marks body pictures. With no dataset in the
    bundle every fact is None.
    """
    captions = {_stem(d.name): d.text.strip() for d in documents if d.kind is Kind.CAPTION}
    members = [name for name in images if _stem(name) in captions or _repeats(name)]
    folders = {str(PurePosixPath(name).parent) for name in members}
    members = [
        name
        for name in images
        if str(PurePosixPath(name).parent) in folders and PurePosixPath(name).parent.name not in _SAMPLE_FOLDERS
    ]
    if not members:
        return DatasetFacts()
    captioned = [name for name in members if _stem(name) in captions]
    body = [name for name in captioned if body_tag and body_tag in captions[_stem(name)]]
    repeats = {folder: count for folder in sorted(folders) if (count := _repeats(f"{folder}/x"))}
    return DatasetFacts(
        images=len(members),
        body_images=len(body) if body else None,
        face_images=len(members) - len(body) if body else None,
        captions=len(captioned),
        captions_missing=tuple(sorted(_base(n) for n in members if _stem(n) not in captions)),
        captions_empty=tuple(sorted(_base(n) for n in captioned if not captions[_stem(n)])),
        captions_without_trigger=_without(trigger, captioned, captions),
        bad_names=tuple(sorted(name for name in map(_base, members) if not _PLAIN_NAME.fullmatch(name))),
        extra_files=tuple(
            sorted(
                _base(d.name)
                for d in documents
                if d.kind is not Kind.CAPTION and str(PurePosixPath(d.name).parent) in folders - {"."}
            )
        ),
        folders=tuple(sorted(PurePosixPath(folder).name for folder in folders if folder != ".")) or None,
        repeats=tuple(repeats.values()) or None,
    )


def _without(trigger: str | None, captioned: Sequence[str], captions: dict[str, str]) -> tuple[str, ...] | None:
    if not trigger:
        return None
    wanted = trigger.casefold()
    lacking = [
        name
        for name in captioned
        if wanted not in captions[_stem(name)].casefold() and "[trigger]" not in captions[_stem(name)]
    ]
    return tuple(sorted(PurePosixPath(name).stem for name in lacking))


def _repeats(name: str) -> int | None:
    match = _REPEATS_FOLDER.fullmatch(PurePosixPath(name).parent.name)
    return int(match.group(1)) if match else None


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))
