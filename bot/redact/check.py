"""Do the shapes of secrets do what their own examples say? Asked by `lora-triage knowledge check`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.redact.redactor import Redactor
from knowledge.mistakes import Mistake
from knowledge.redaction import FILE, HOME, Redaction
from knowledge.source import YamlFile

Location = tuple[int | str, ...]


def check_redaction(root: Path = HOME) -> tuple[Mistake, ...]:
    """Return every example that is not redacted and every counterexample that is harmed, with file and line.

    The file must be free of other mistakes (see `knowledge.check`).
    """
    source = YamlFile(root / FILE, Redaction)
    redactor = Redactor(source.value, b"check")
    found = _complaints(source.value, redactor)
    return tuple(sorted(Mistake(root / FILE, source.line("rules", *at), message) for at, message in found))


def _complaints(redaction: Redaction, redactor: Redactor) -> Iterator[tuple[Location, str]]:
    for index, rule in enumerate(redaction.rules):
        alone = Redactor(redaction.model_copy(update={"rules": (rule,)}), b"check")
        for example, secret in rule.examples.items():
            at: Location = (index, "examples", example)
            if secret not in example:
                yield at, f"{secret!r} does not stand in this example"
            elif secret in redactor.redact(example).text:
                yield at, f"{secret!r} is left in {redactor.redact(example).text!r}"
            elif not alone.redact(example).counts:
                yield at, "this example does not hit its own pattern"
        for number, text in enumerate(rule.counterexamples):
            if (harmed := redactor.redact(text).text) != text:
                yield (index, "counterexamples", number), f"becomes {harmed!r}"
