"""What the support desk says around a report, and which uploads it looks at without being called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import re2
from pydantic import Field

from knowledge.entry import Entry, Text
from knowledge.mistakes import KnowledgeError, Mistake
from knowledge.patterns import quiet_options
from knowledge.source import YamlFile

FILE = "desk.yaml"
HOME = Path(__file__).parent
_PLACEHOLDERS = {"limit", "files", "case"}


class Relevant(Entry):
    """What may be training material, judged before anything is fetched."""

    endings: tuple[Text, ...]
    names: tuple[Text, ...]
    pattern: Text
    examples: tuple[Text, ...] = Field(min_length=1)
    counterexamples: tuple[Text, ...] = ()

    def file(self, name: str) -> bool:
        """Tell whether an attachment of this name is worth a look."""
        lower = name.lower()
        return PurePosixPath(lower).suffix in self.endings or any(word in lower for word in self.names)

    def text(self, message: str) -> bool:
        """Tell whether a message holds a pasted log or config."""
        return re2.search(self.pattern, message, quiet_options()) is not None


class Notices(Entry):
    """Sentences in place of a report, or beside it."""

    too_slow: Text = Field(alias="too-slow")
    too_much_memory: Text = Field(alias="too-much-memory")
    crashed: Text
    files_gone: Text = Field(alias="files-gone")
    some_files_gone: Text = Field(alias="some-files-gone")
    file_too_large: Text = Field(alias="file-too-large")
    case_too_large: Text = Field(alias="case-too-large")
    too_many_files: Text = Field(alias="too-many-files")
    repeated: Text
    repeated_and_said: Text = Field(alias="repeated-and-said")


class DeskKnowledge(Entry):
    """All of it."""

    source: Text
    relevant: Relevant
    notices: Notices


def load_desk(root: Path = HOME) -> DeskKnowledge:
    """Read it; raises `KnowledgeError` with the line of each mistake."""
    try:
        return YamlFile(root / FILE, DeskKnowledge).value
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Mistake(root / FILE, 1, f"cannot be read: {error}")]) from error


def check_desk(root: Path = HOME) -> tuple[Mistake, ...]:
    """Return every example that its pattern misses, every counterexample that it takes, and wrong placeholders."""
    source = YamlFile(root / FILE, DeskKnowledge)
    found = (*_complaints(source.value), *_misnamed(source.value.notices))
    return tuple(Mistake(root / FILE, source.line(*at), message) for at, message in found)


def _complaints(desk: DeskKnowledge) -> Iterator[tuple[tuple[int | str, ...], str]]:
    try:
        re2.compile(desk.relevant.pattern, quiet_options())
    except re2.error as error:
        yield ("relevant", "pattern"), f"not a valid RE2 pattern: {error}"
        return
    for number, text in enumerate(desk.relevant.examples):
        if not desk.relevant.text(text):
            yield ("relevant", "examples", number), "this example does not hit its own pattern"
    for number, text in enumerate(desk.relevant.counterexamples):
        if desk.relevant.text(text):
            yield ("relevant", "counterexamples", number), "the pattern takes this counterexample"


def _misnamed(notices: Notices) -> Iterator[tuple[tuple[int | str, ...], str]]:
    for field, info in Notices.model_fields.items():
        text = getattr(notices, field)
        if set(re2.findall(r"\{([^}]*)\}", text)) - _PLACEHOLDERS or text.count("{") != text.count("}"):
            yield ("notices", info.alias or field), "may only hold the placeholders {limit}, {files} and {case}"
