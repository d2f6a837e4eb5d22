"""All signatures of all rules as one linear-time matcher (RE2): no pattern can make a line expensive."""

from __future__ import annotations

from collections.abc import Iterable

import re2

from knowledge.model import Rule, Signature


def quiet_options() -> re2.Options:
    """Options that keep RE2 from printing its own complaints."""
    options = re2.Options()
    options.log_errors = False
    return options


class SignatureSet:
    """Finds every signature that occurs in a line."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.members: list[tuple[str, Signature]] = [(rule.id, s) for rule in rules for s in rule.signatures]
        self._set = re2.Set.SearchSet(quiet_options())
        for _, signature in self.members:
            self._set.Add(signature.pattern)
        if self.members:
            self._set.Compile()

    def match(self, line: str) -> list[tuple[str, Signature]]:
        """Return (rule id, signature) for every signature in `line`, in the order they were written."""
        if not self.members:
            return []
        return [self.members[index] for index in sorted(self._set.Match(line) or ())]
