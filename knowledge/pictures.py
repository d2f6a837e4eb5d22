"""How pictures are judged: thresholds, words of captions, and what is said of a file."""

from __future__ import annotations

from pydantic import Field

from knowledge.entry import Entry, Probability, Text


class Alike(Entry):
    """When two pictures count as one. Hash distances in bits of 64, structure as SSIM of 64x64 grey."""

    hash: int = Field(ge=0, le=64)
    structure: float = Field(ge=-1, le=1)
    view_hash: int = Field(ge=0, le=64)
    view_structure: float = Field(ge=-1, le=1)


class Repeats(Entry):
    """When a set of pictures that were asked to differ does not."""

    fewest: int = Field(ge=2)
    median_hash: int = Field(ge=0, le=64)
    share_alike: Probability


class Background(Entry):
    """When the borders of pictures show one and the same background."""

    fewest: int = Field(ge=2)
    overlap: Probability
    group: Probability


class Clipping(Entry):
    """When colours are burned: share of pixels, median over the set."""

    share: Probability
    fewest: int = Field(ge=1)
    times: float = Field(ge=1)
    """So many times the share of the training pictures, where those were posted."""


class Family(Entry):
    """A family of base models; a LoRA of one fits no other."""

    name: Text
    patterns: tuple[Text, ...]
    """RE2, matched without case anywhere in a model's name or the trainer's word for it."""


class Captions(Entry):
    """What is measured in captions."""

    long_words: int = Field(gt=0)
    known_words: tuple[Text, ...]
    features: tuple[Text, ...]
    values: tuple[Text, ...]
    fewest: int = Field(gt=0)


class Folders(Entry):
    """What is known of a dataset's folders."""

    body: Text
    own: tuple[Text, ...]


class PictureKnowledge(Entry):
    """Everything about pictures that is no rule."""

    source: Text
    alike: Alike
    repeats: Repeats
    background: Background
    clipping: Clipping
    captions: Captions
    folders: Folders
    families: tuple[Family, ...]
    """The first that fits counts."""
    files: dict[str, Text]
    """Problem of a file -> what is said of it; placeholders ``{kind}``, ``{megapixels}``, ``{most}``."""
