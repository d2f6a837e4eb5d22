"""What is known of one trainer: how its configs and logs are told, and what they say in normal names."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from knowledge.entry import Entry, Id, SettingValue, Text

SIZE = r"(\d{1,20}(?:\.\d{1,6})? ?(?:bytes|[KMGT]iB|[MG]B))"
"""An amount of memory with its unit: what ``<size>`` in a pattern stands for."""


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[Text, ...], BeforeValidator(_words)]
"""Many short words, written as one text with spaces between them."""
Literals = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_more)]
"""One text or several, taken letter by letter."""


class Type(StrEnum):
    """What the value of a setting is to be."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    TEXT = "text"
    INTS = "ints"
    FIRST = "first"
    """A number, of a list the first."""


class Key(Entry):
    """Where one setting stands in a trainer's config."""

    at: Words = Field(min_length=1)
    """Dotted paths, the one that wins first: ``network.rank network.linear``."""
    type: Type = Type.TEXT
    default: SettingValue | None = None
    """What the trainer takes where no file sets it."""
    source: Text | None = None
    """Where the default was read, where it is not the place that the trainer's `source` names."""


class Extra(StrEnum):
    """What a trainer does with a key that it does not know."""

    IGNORED = "ignored"
    REFUSED = "refused"


class Quantized(Entry):
    """How a trainer says in one word what the frozen model is shrunk to (the setting ``quantize_type``)."""

    none: Words
    """Words, in small letters, that leave it as it is."""
    usual: Text
    """What to write to switch it on."""


class ConfigShape(Entry):
    """How a trainer's config is recognised and read."""

    source: Text
    formats: tuple[Literal["yaml", "toml", "json", "command", "argv"], ...] = Field(min_length=1)
    marks: Words = ()
    """Dotted paths that only this trainer has."""
    telling: Words = ()
    """Keys that hardly any other file has: a few at the starts of lines tell a config even where it is broken."""
    enough: int = Field(default=2, gt=0)
    """Marks that together give it away."""
    scripts: Words = ()
    """Parts of names of scripts: one of these is enough by itself."""
    numbers_as_text: bool = False
    """True where a number in quotes is read as the number."""
    whole: Words = ()
    """Keys that a whole config has: only beside all of these the defaults hold."""
    settings: dict[str, Key]
    """Normal name -> where it stands."""
    quantized: Quantized | None = None
    folders: Words = ()
    """Keys that name the dataset, wherever they stand."""
    known: Words = ()
    """Further keys that the trainer knows. Empty: which keys it knows is not known here."""
    confused: dict[str, Text] = Field(default_factory=dict)
    """What people write after another trainer -> the key that works here."""
    extra: Extra | None = None


class Value(StrEnum):
    """What the group of a fact line holds."""

    SIZE = "size"
    """Memory or disk, given in GiB."""
    INT = "int"
    FLOAT = "float"
    TEXT = "text"


class Line(Entry):
    """A line of a log, found by a literal and, where that is not enough, a pattern (RE2 syntax, within the line)."""

    trigger: Literals = Field(min_length=1)
    """One of these stands in the line, letter by letter: most lines are passed over by this alone."""
    pattern: Text | None = None
    examples: tuple[Text, ...] = Field(min_length=1)

    @property
    def expression(self) -> str:
        """The pattern with its abbreviations written out; the triggers where there is none."""
        if self.pattern is None:
            return "|".join(re.escape(literal) for literal in self.trigger)
        return self.pattern.replace("<size>", SIZE)


class FactLine(Entry):
    """A line that states a fact of the run. `pattern` has one group: the value."""

    fact: Text
    """A field of the log's facts."""
    trigger: Literals = Field(min_length=1)
    pattern: Text
    value: Value = Value.INT
    last: bool = False
    """True where a later line replaces an earlier one; else the first counts."""
    examples: dict[Text, SettingValue] = Field(min_length=1)
    """Line -> the value it states."""

    @property
    def expression(self) -> str:
        """The pattern with its abbreviations written out."""
        return self.pattern.replace("<size>", SIZE)


class CountLine(Line):
    """A line that counts the images of one folder: group ``n``, and ``folder`` where the line names it."""


class FolderLine(Line):
    """A line that names the folder (group ``folder``) which the next count is about."""


class Phases(Entry):
    """Lines and names of bars by the phase of the run that they belong to."""

    saving: tuple[Line, ...] = ()
    sampling: tuple[Line, ...] = ()
    caching: tuple[Line, ...] = ()
    loading: tuple[Line, ...] = ()


class LogShape(Entry):
    """What a trainer, or a library below it, prints."""

    source: Text
    marks: Literals = ()
    """Texts that only this trainer prints."""
    shared_marks: Literals = ()
    """Texts that it prints like others do: they count where nothing tells the trainers apart."""
    in_refreshes: Literals = ()
    """Those of both that stand in every refresh of the bar of the training."""
    facts: tuple[FactLine, ...] = ()
    counts: tuple[CountLine, ...] = ()
    folders: tuple[FolderLine, ...] = ()
    starts: tuple[Line, ...] = ()
    """The run was started, or started again."""
    checkpoints: tuple[Line, ...] = ()
    """A checkpoint was written."""
    samples: tuple[Line, ...] = ()
    """A round of sample pictures was drawn."""
    sample_bars: Literals = ()
    """Names of bars that are one round of sample pictures."""
    finished: tuple[Line, ...] = ()
    """The run came to its end."""
    phases: Phases = Phases()


class Trainer(Entry):
    """One trainer, or what all of them stand on (``common``, which has no configs)."""

    id: Id
    name: Text
    reported_as: Id | None = None
    """The trainer that the report names, where this one only starts it."""
    source: Text
    """The version that the facts were read from."""
    config: ConfigShape | None = None
    log: LogShape | None = None
