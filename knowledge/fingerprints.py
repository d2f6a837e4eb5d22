"""What varies in an error from person to person."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from knowledge.entry import Entry, Text


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no pattern: {error}") from error
    return pattern


Pattern = Annotated[Text, AfterValidator(_compiles)]


class Variable(Entry):
    """A part of a message that varies, and what stands in its place."""

    pattern: Pattern
    stands: str


class FingerprintRules(Entry):
    """All of it."""

    source: Text
    libraries: Pattern
    """Files of frames that belong to Python or to a package, not to the trainer."""
    system_code: Pattern
    """Groups: the kind of number, and the number."""
    codec: Pattern
    quoted: Pattern
    """Each group is a way to quote."""
    name: Pattern
    file_name: Pattern
    variable: tuple[Variable, ...] = Field(min_length=1)
    """Replaced in this order."""
