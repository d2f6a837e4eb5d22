"""All signatures of all rules as one linear-time matcher (RE2): no pattern can make a line expensive."""

from __future__ import annotations

import re
from collections.abc import Iterable

import re2

from knowledge.judging import BenignLine
from knowledge.model import Rule, Signature

_UNBOUNDED = re.compile(r"(?<!\\)(?:\.|\[\^[^\]]*\]|\\[wsSWdD])[*+]\??(?=.)|(?<!\\)\.[*+]")


def has_unbounded_gap(pattern: str) -> bool:
    """Tell whether a pattern could run over megabytes of progress bar (measured once: 43 % of all time went to one).

    A single class at the very end of a pattern, such as ``\\w+``, does no harm.
    """
    return _UNBOUNDED.search(pattern) is not None


def quiet_options() -> re2.Options:
    """Options that keep RE2 from printing its own complaints."""
    options = re2.Options()
    options.log_errors = False
    return options


class PatternSet:
    """Tells which of many patterns occur in a line; raises `re2.error` for one that is not valid."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._set = re2.Set.SearchSet(quiet_options())
        self._empty = True
        for pattern in patterns:
            self._set.Add(pattern)
            self._empty = False
        if not self._empty:
            self._set.Compile()

    def match(self, line: str) -> list[int]:
        """Return the numbers of the patterns in `line`, in the order they were given."""
        return [] if self._empty else sorted(self._set.Match(line) or ())


class SignatureSet:
    """Finds every signature that occurs in a line, unless the line is one that healthy runs print too."""

    def __init__(self, rules: Iterable[Rule], benign: Iterable[BenignLine] = ()) -> None:
        self._members: list[tuple[str, Signature]] = [(rule.id, s) for rule in rules for s in rule.signatures]
        self.signatures = tuple(signature for _, signature in self._members)
        """All signatures, and the patterns of the lines that healthy runs print too."""
        self.benign = tuple(line.pattern for line in benign)
        self._signatures = PatternSet(signature.pattern for signature in self.signatures)
        self._benign = PatternSet(self.benign)

    def match(self, line: str) -> list[tuple[str, Signature]]:
        """Return (rule id, signature) for every signature in `line`, in the order they were written."""
        found = self._signatures.match(line)
        return [] if found and self.is_benign(line) else [self._members[index] for index in found]

    def is_benign(self, line: str) -> bool:
        """Tell whether healthy runs print this line too."""
        return bool(self._benign.match(line))
