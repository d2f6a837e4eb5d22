"""What must not be stored or shown: the shapes of secrets and personal data, as data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import re2
from pydantic import Field

from knowledge.entry import Entry, Id, Text
from knowledge.mistakes import KnowledgeError, Mistake
from knowledge.patterns import quiet_options
from knowledge.source import YamlFile

FILE = "redaction.yaml"
HOME = Path(__file__).parent


class RedactionRule(Entry):
    """One shape. Each named group of `pattern` is replaced by a placeholder of the group's name."""

    id: Id
    pattern: Text
    keep: tuple[Text, ...] = ()
    """Values that name nobody, such as the user ``ubuntu``; compared without case."""
    several: bool = False
    """True where one word gives away several values after it: each line is searched until none is left."""
    late: bool = False
    """Whether the diagnosis still sees the value; what is stored or shown never has it."""
    examples: dict[Text, Text] = Field(min_length=1)
    """Text to what must be gone of it."""
    counterexamples: tuple[Text, ...] = ()


class Redaction(Entry):
    """All shapes, and what values look like that somebody has masked already."""

    source: Text
    masked: Text
    rules: tuple[RedactionRule, ...] = Field(min_length=1)


def load_redaction(root: Path = HOME) -> Redaction:
    """Read the shapes; raises `KnowledgeError` with the line of each mistake."""
    try:
        return YamlFile(root / FILE, Redaction).value
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Mistake(root / FILE, 1, f"cannot be read: {error}")]) from error


def check_patterns(root: Path = HOME) -> tuple[Mistake, ...]:
    """Return every pattern that RE2 refuses or that names nothing to replace."""
    path = root / FILE
    source = YamlFile(path, Redaction)
    return tuple(
        Mistake(path, source.line("rules", number, "pattern"), message)
        for number, rule in enumerate(source.value.rules)
        for message in _complaints(rule)
    )


def _complaints(rule: RedactionRule) -> Iterator[str]:
    try:
        compiled = re2.compile(rule.pattern, quiet_options())
    except re2.error as error:
        yield f"not a valid RE2 pattern: {error}"
        return
    if not compiled.groupindex:
        yield "names no group to replace, such as (?P<user>...)"
    if len(compiled.groupindex) != compiled.groups:
        yield "has a group without a name; write (?:...) for what stays"
