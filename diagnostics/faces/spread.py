"""How far the faces of a set of samples lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.bundle import Attachment
from diagnostics.faces.reader import FaceReader, Vector
from diagnostics.pictures.read import rgb_of
from knowledge.facts import SampleFacts


@dataclass(frozen=True, slots=True)
class FaceSpread:
    """`match`: the least of the median similarities (-1..1) of each face to the others; None for fewer than needed."""

    pictures: int
    faces: int
    match: float | None = None
    differ: bool | None = None


def face_spread(samples: Iterable[Attachment], reader: FaceReader) -> FaceSpread:
    """Compare the faces of samples with each other. Nothing of them outlives the call."""
    how, vectors, pictures = reader.how, [], 0
    for sample in samples:
        if pictures >= how.most:
            break
        pixels = rgb_of(sample)
        if pixels is not None:
            pictures += 1
            if (vector := reader.describe(pixels)) is not None:
                vectors.append(vector)
    if len(vectors) < how.fewest:
        return FaceSpread(pictures, len(vectors))
    match = least_match(vectors)
    return FaceSpread(pictures, len(vectors), round(match, 2), match < how.differ)


def compared(facts: SampleFacts, samples: Iterable[Attachment], reader: FaceReader) -> SampleFacts:
    """Return the facts on samples with what comparing their faces shows."""
    found = face_spread(samples, reader)
    return replace(facts, faces=found.faces, face_match=found.match, faces_differ=found.differ)


def least_match(vectors: Sequence[Vector]) -> float:
    """Return the least of the median similarities of each vector to the others."""
    all_of = np.array(vectors)
    alike = all_of @ all_of.T
    others = [float(np.median(np.delete(row, number))) for number, row in enumerate(alike)]
    return min(others)
