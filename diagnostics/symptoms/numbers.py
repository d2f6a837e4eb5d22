"""Numbers that people state in prose: strength, epoch, GPU, images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, get_type_hints

import re2

from diagnostics.bundle import Evidence
from diagnostics.symptoms.sentences import MOST_CHARACTERS
from knowledge.facts import MessageFacts
from knowledge.language import MessageFact
from knowledge.patterns import quiet_options

_LINE = 2000
_HINTS = get_type_hints(MessageFacts)
_NAMES = frozenset(field.name for field in fields(MessageFacts))


class FactBook:
    """The patterns of `message-facts.yaml`, compiled once.

    Raises `ValueError` for a fact that `MessageFacts` does not have and for a pattern that RE2 refuses or that has not
    exactly one group.
    """

    def __init__(self, facts: Iterable[MessageFact]) -> None:
        options = quiet_options()
        options.case_sensitive = False
        self._compiled: list[tuple[MessageFact, Any]] = []
        for fact in facts:
            if fact.fact not in _NAMES:
                raise ValueError(f"message facts have no {fact.fact}")
            try:
                pattern = re2.compile(fact.pattern, options)
            except re2.error as error:
                raise ValueError(f"{fact.fact}: {error}") from error
            if pattern.groups != 1:
                raise ValueError(f"{fact.fact}: the pattern needs one group, not {pattern.groups}: {fact.pattern}")
            self._compiled.append((fact, pattern))

    def read(self, prose: str) -> tuple[MessageFacts, Mapping[str, Evidence]]:
        """Return the facts stated in `prose` and where; of two statements of one the first pattern wins."""
        everything = enumerate(prose[:MOST_CHARACTERS].split("\n"), 1)
        lines = [(number, line[:_LINE]) for number, line in everything if line.strip()]
        found: dict[str, Any] = {}
        origins: dict[str, Evidence] = {}
        for fact, pattern in self._compiled:
            if fact.fact in found:
                continue
            for number, line in lines:
                value = next((v for m in pattern.finditer(line) if (v := _value(fact, m[1])) is not None), None)
                if value is not None:
                    found[fact.fact] = value
                    origins[fact.fact] = Evidence("message", number, line.strip())
                    break
        return MessageFacts(**found), MappingProxyType(origins)


def read_message_facts(prose: str, message_facts: Sequence[MessageFact]) -> tuple[MessageFacts, Mapping[str, Evidence]]:
    """Return the facts stated in one message and where; for many messages keep a `FactBook`."""
    return FactBook(message_facts).read(prose)


def _value(fact: MessageFact, text: str) -> int | float | str | None:
    kind = _HINTS[fact.fact]
    if kind == str | None:
        return " ".join(text.split())
    try:
        number = _number(text)
    except ValueError:
        return None
    if (fact.least is not None and number < fact.least) or (fact.most is not None and number > fact.most):
        return None
    if kind == int | None:
        return int(number) if number == int(number) else None
    return number


def _number(text: str) -> float:
    """Read ``2000``, ``2k``, ``2,000``, ``0,8``, ``1e-4``."""
    plain = text.strip().lower()
    scale = 1000.0 if plain.endswith("k") else 1.0
    plain = plain.removesuffix("k").replace(" ", "")
    whole, comma, rest = plain.partition(",")
    if comma:
        plain = whole + rest if len(rest) == 3 and whole != "0" else f"{whole}.{rest}"
    return float(plain) * scale
