"""Pictures compared with each other: versions of one picture, sets that repeat, backgrounds that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.pictures.hashes import distances, shrunk, similarity, view
from diagnostics.pictures.lab import overlap
from diagnostics.pictures.look import Look
from knowledge.pictures import Alike

_MOST = 2_000
"""Pictures that are compared with each other: their views take 320 MB of distances a step otherwise."""
_STRUCTURE = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, by their place in what was compared, that are versions of one."""

    first: int
    second: int
    bits: int
    """Hash distance, of 64."""
    structure: float
    """Structural similarity, -1..1."""


def versions(looks: Sequence[Look], alike: Alike) -> tuple[Pair, ...]:
    """Return the pairs among `looks` that are one picture in two versions: resized, saved again, cropped, mirrored."""
    found: dict[tuple[int, int], Pair] = {}
    for pair in _pairs(looks, looks, alike):
        if pair.first != pair.second:
            ordered = min(pair.first, pair.second), max(pair.first, pair.second)
            found.setdefault(ordered, Pair(*ordered, pair.bits, pair.structure))
    return tuple(found[places] for places in sorted(found))


def copies(looks: Sequence[Look], originals: Sequence[Look], alike: Alike) -> tuple[Pair, ...]:
    """Return for each of `looks` the original that it is a version of, where there is one."""
    best: dict[int, Pair] = {}
    for pair in _pairs(originals, looks, alike):
        known = best.get(pair.second)
        if known is None or known.structure < pair.structure:
            best[pair.second] = Pair(pair.second, pair.first, pair.bits, pair.structure)
    return tuple(best[number] for number in sorted(best))


def _pairs(viewed: Sequence[Look], looks: Sequence[Look], alike: Alike) -> Iterator[Pair]:
    """Yield the places of a picture of `viewed`, in one of its views, and of one of `looks` that are alike."""
    viewed, looks = viewed[:_MOST], looks[:_MOST]
    hashes = np.array([look.hash for look in looks], np.uint64)
    for number, look in enumerate(viewed):
        bits = distances(look.views, hashes)
        near = bits <= alike.view_hash
        near[0] = bits[0] <= alike.hash
        for place in np.flatnonzero(near.any(axis=0)).tolist():
            if pair := _best(look, number, looks[place], place, near[:, place], bits[:, place], alike):
                yield pair


def _best(
    look: Look, number: int, other: Look, place: int, near: NDArray[np.bool_], bits: NDArray[np.uint8], alike: Alike
) -> Pair | None:
    """Return the pair by the view that is most similar in structure: the nearest hash need not be that one."""
    found = None
    for seen in np.flatnonzero(near).tolist():
        part = look.structure if seen == 0 else shrunk(view(look.grey, seen), _STRUCTURE)
        structure = similarity(part, other.structure)
        enough = structure >= (alike.structure if seen == 0 else alike.view_structure)
        if enough and (found is None or structure > found.structure):
            found = Pair(number, place, int(bits[seen]), structure)
    return found


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the pictures of a set lie apart."""

    median: float
    """Median hash distance over all pairs, in bits of 64."""
    share: float
    """Share of the pairs that are alike."""


def spread(looks: Sequence[Look], alike: Alike) -> Spread | None:
    """Measure a set; None for fewer than two pictures."""
    if len(looks) < 2:
        return None
    hashes = np.array([look.hash for look in looks[:_MOST]], np.uint64)
    bits = distances(hashes, hashes)[np.triu_indices(len(hashes), 1)]
    return Spread(float(np.median(bits)), float((bits <= alike.hash).mean()))


def largest_background(looks: Sequence[Look], least: float) -> tuple[int, ...]:
    """Return the places of the largest group of pictures whose borders are alike, by single link at `least`."""
    looks = looks[:_MOST]
    groups: list[set[int]] = []
    for number, look in enumerate(looks):
        linked = [group for group in groups if any(overlap(look.border, looks[each].border) >= least for each in group)]
        groups = [group for group in groups if group not in linked]
        groups.append({number}.union(*linked))
    groups.sort(key=len)
    return tuple(sorted(groups[-1])) if groups else ()
