"""How faces in samples are compared, where somebody asks for it: bounds, words, and which weights."""

from __future__ import annotations

from pydantic import Field

from knowledge.entry import Entry, Probability, Text


class Weights(Entry):
    """A file of the models, and what it has to be."""

    file: Text
    sha256: Text


class FaceKnowledge(Entry):
    """Everything that the comparison goes by."""

    source: Text
    consent: Text
    """Said before anything is compared."""
    missing: Text
    detector: Weights
    recogniser: Weights
    score: Probability
    side: int = Field(gt=0)
    yaw: float = Field(gt=0)
    dominant: float = Field(ge=1)
    fewest: int = Field(ge=3)
    differ: Probability
    most: int = Field(gt=0)
