"""Redaction of JSON: every text in it, and the values that were known before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.redact.redactor import Known, Redactor


class TreeRedactor:
    """Redacts every text of a JSON value; `known` are values found elsewhere, replaced wherever they stand."""

    def __init__(self, redactor: Redactor, known: Iterable[Known] = ()) -> None:
        self._redactor = redactor
        self._known = sorted((each for each in known if each.value), key=lambda each: (-len(each.value), each.value))
        self.counts: Counter[str] = Counter()

    def redact(self, value: Any) -> Any:
        """Return `value` with its texts redacted; keys are names of ours and stay."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {key: self.redact(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.redact(item) for item in value]
        return value

    def _text(self, text: str) -> str:
        redacted = self._redactor.redact(text)
        self.counts.update(redacted.counts)
        text = redacted.text
        for each in self._known:
            if each.value in text:
                self.counts[each.kind] += text.count(each.value)
                text = text.replace(each.value, self._redactor.placeholder(each.kind, each.value.encode()).decode())
        return text
