"""Everything that can make a line of a log matter, as patterns for the sieve, and when each still does.

A line that no pattern is in changes nothing and is never looked at. A pattern may be in lines that do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from diagnostics.log.content import ERROR, LOSS_IS_NAN, MOST_ERRORS, Content
from diagnostics.log.facts import OTHER_PROCESS
from diagnostics.log.joined import LEVELS
from diagnostics.log.known import ALLOCATION, KnownLines, Means
from diagnostics.log.tracebacks import DOTTED, PARTS
from diagnostics.log.trainer import MOST_MARKS
from knowledge.model import Signature
from knowledge.patterns import SignatureSet


class _Role(Enum):
    SIGNATURE = auto()
    BENIGN = auto()
    FACT = auto()
    MARK = auto()
    SHARED_MARK = auto()
    TRACEBACK = auto()
    DOTTED = auto()
    ERROR = auto()
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class Gate:
    """A pattern, and what it stands for."""

    pattern: str
    role: _Role
    key: str = ""
    signature: Signature | None = None

    @property
    def of_refreshes(self) -> bool:
        """Tell whether it matters in the refreshes of the training too, which state no facts."""
        return self.role is _Role.SIGNATURE

    @property
    def of_tracebacks(self) -> bool:
        """Tell whether a run that has shown many tracebacks is no longer searched for it."""
        return self.role in (_Role.TRACEBACK, _Role.DOTTED, _Role.MARK, _Role.SHARED_MARK, _Role.ERROR)

    @property
    def inside_tracebacks(self) -> bool:
        """Tell whether it matters in a block with a traceback only."""
        return self.role is _Role.DOTTED

    @property
    def ends(self) -> bool:
        """Tell whether there is a line after which no other with this pattern matters."""
        return self.role not in (_Role.ALWAYS, _Role.BENIGN)

    def wanted(self, content: Content) -> Callable[[], bool]:
        """Return what tells whether a line with this pattern can still add to `content`."""
        signature = self.signature
        if signature is not None:
            return lambda: not content.has(signature)
        tracebacks, trainer = content.tracebacks, content.trainer
        match self.role:
            case _Role.BENIGN | _Role.DOTTED:
                return lambda: tracebacks.is_open
            case _Role.FACT:
                return lambda: self.key not in content.facts.values
            case _Role.MARK:
                return lambda: trainer.own(self.key) < MOST_MARKS
            case _Role.SHARED_MARK:
                return lambda: trainer.shared(self.key) < MOST_MARKS
            case _Role.TRACEBACK:
                return lambda: not tracebacks.enough
            case _Role.ERROR:
                return lambda: len(content.errors) < MOST_ERRORS
            case _:
                return lambda: True


PROGRESS = (
    r"(?i)loss[\"']?\s{0,3}[:=]?\s{0,3}(?:[-+.\d]|nan|inf)",
    r"\d/\d{1,9} {0,4}\[\d",
    r"\dit \[\d",
)
"""What a line has that shows progress: too many lines do to look for it everywhere."""


def gates_of(signatures: SignatureSet, known: KnownLines) -> tuple[Gate, ...]:
    """Return the gates for these signatures, for the known lines, and for all else that a log is read for."""
    return (
        *(Gate(each.pattern, _Role.SIGNATURE, signature=each) for each in signatures.signatures),
        *(Gate(each, _Role.BENIGN) for each in signatures.benign),
        *(
            Gate(line.expression, _Role.FACT, line.what)
            if line.means is Means.FACT and not line.last
            else Gate(line.expression, _Role.ALWAYS)
            for line in known
        ),
        Gate(ALLOCATION, _Role.FACT, "vram_free_gib"),
        Gate(OTHER_PROCESS, _Role.ALWAYS),
        *(
            Gate(re.escape(mark.text), _Role.MARK if mark.own else _Role.SHARED_MARK, mark.trainer)
            for mark in known.marks
            if not mark.in_refreshes
        ),
        *(Gate(part, _Role.TRACEBACK) for part in PARTS),
        Gate(DOTTED, _Role.DOTTED),
        Gate(f"(?i){ERROR}", _Role.ERROR),
        Gate(LOSS_IS_NAN, _Role.ALWAYS),
        Gate(LEVELS, _Role.ALWAYS),
    )
