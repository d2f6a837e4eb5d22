"""The facts on a posted dataset: counts, captions, folders, the pictures themselves, and what they come to in steps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from statistics import median

from diagnostics.dataset.arithmetic import count_steps
from diagnostics.dataset.captions import read_captions
from diagnostics.dataset.members import Division, Member, repeats_of
from diagnostics.pictures.likeness import largest_background, versions
from diagnostics.pictures.read import Picture
from knowledge.facts import ConfigFacts, DatasetFacts
from knowledge.pictures import PictureKnowledge

_PLAIN_NAME = re.compile(r"[\w.\-]+", re.ASCII)
_GUIDE_SIDE = 1024
_FOREIGN = ("svg", "heic", "avif", "gif", "tiff", "psd", "jxl")


def read_dataset(
    division: Division,
    config: ConfigFacts,
    trainer: str | None,
    body_tag: str | None,
    how: PictureKnowledge,
    unreadable: tuple[str, ...] | None = None,
) -> DatasetFacts:
    """Return what the dataset shows; with no dataset in the bundle every fact is None.

    `body_tag` is the caption tag that marks body pictures; `unreadable` names files that could not be opened.
    """
    members = division.members
    if not members:
        return DatasetFacts()
    said = read_captions(members, config.trigger_word, body_tag, how.captions, how.folders)
    captioned = [member for member in members if member.caption is not None]
    body = [member for member in members if _is_body(member, body_tag, how)]
    folders = sorted({member.folder for member in members} - {""})
    steps = count_steps(Counter(member.folder for member in members), config, trainer)
    facts = DatasetFacts(
        images=len(members),
        body_images=len(body) if body else None,
        face_images=len(members) - len(body) if body else None,
        captions=len(captioned),
        captions_missing=_sorted(m.base for m in members if m.caption is None),
        captions_empty=_sorted(m.base for m in captioned if not m.caption),
        captions_without_trigger=said.without_trigger,
        captions_late_trigger=said.late_trigger,
        captions_without_image=_sorted(PurePosixPath(name).name for name in division.orphans),
        captions_long=said.long,
        caption_words=said.words,
        caption_conflicts=said.conflicts,
        trigger_word=said.trigger,
        trigger_known=said.trigger_known,
        body_without_tag=said.body_without_tag,
        misplaced=said.misplaced,
        bad_names=_sorted(name for name in (m.base for m in members) if not _PLAIN_NAME.fullmatch(name)),
        extra_files=_sorted(
            PurePosixPath(name).name for name in division.extras if not name.lower().endswith(how.folders.own)
        ),
        unreadable=unreadable,
        folders=tuple(folders) or None,
        repeats=tuple(count for folder in folders if (count := repeats_of(folder))) or None,
        weighted_images=steps.weighted if steps else None,
        body_ratio=_ratio(members, body, config, trainer),
        steps_per_epoch=steps.per_epoch if steps else None,
        total_steps=steps.total if steps else None,
        total_epochs=steps.epochs if steps else None,
    )
    return _pictured(facts, members, how)


def _pictured(facts: DatasetFacts, members: Sequence[Member], how: PictureKnowledge) -> DatasetFacts:
    """Add what the pictures themselves show; nothing where no picture could be read."""
    pictures = [(member.base, member.picture) for member in members if member.picture is not None]
    if not pictures:
        return facts
    sides = {name: picture.shorter for name, picture in pictures if picture.shorter is not None}
    facts = replace(
        facts,
        shortest_side=min(sides.values(), default=None),
        small_images=_sorted(name for name, side in sides.items() if side < _GUIDE_SIDE),
        broken_images=_sorted(name for name, picture in pictures if picture.has("truncated", "damaged", "page")),
        foreign_images=_sorted(name for name, picture in pictures if picture.has(*_FOREIGN)),
        rotated_images=_sorted(name for name, picture in pictures if picture.has("rotated")),
        renamed_images=_sorted(name for name, picture in pictures if picture.has("ending")),
        duplicates=tuple(_equal(pictures)),
    )
    # equal files are told already, and are compared with the others once
    single = {picture.digest: (name, picture.look) for name, picture in reversed(pictures) if picture.look is not None}
    names = [name for name, _ in reversed(single.values())]
    looks = [look for _, look in reversed(single.values())]
    if not looks:
        return facts
    group = largest_background(looks, how.background.overlap)
    enough = len(looks) >= how.background.fewest
    return replace(
        facts,
        looked_at=sum(picture.look is not None for _, picture in pictures),
        near_duplicates=tuple(f"{names[p.first]} = {names[p.second]}" for p in versions(looks, how.alike)),
        same_background=round(100 * len(group) / len(looks)) if enough else None,
        clipped=round(100 * median(look.clipped for look in looks), 1),
    )


def _equal(pictures: Sequence[tuple[str, Picture]]) -> Iterable[str]:
    first: dict[str, str] = {}
    for name, picture in pictures:
        if picture.digest and picture.digest in first:
            yield f"{first[picture.digest]} = {name}"
        else:
            first[picture.digest] = name


def _is_body(member: Member, tag: str | None, how: PictureKnowledge) -> bool:
    return bool(tag and member.caption and tag in member.caption) or how.folders.body in member.folder.lower()


def _ratio(members: Sequence[Member], body: Sequence[Member], config: ConfigFacts, trainer: str | None) -> float | None:
    inside = {member.name for member in body}
    parts = [
        count_steps(Counter(m.folder for m in members if (m.name in inside) is which), config, trainer)
        for which in (False, True)
    ]
    if not body or parts[0] is None or parts[1] is None:
        return None
    return round(parts[0].weighted / parts[1].weighted, 1)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
