"""What a digest says, typed; every chat draws the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from diagnostics.trend import Trend


@dataclass(frozen=True, slots=True)
class Moved:
    """A count of the week, and how it moved against the four weeks before."""

    subject: str
    """The id of a finding, a fingerprint, or empty for all cases."""
    cases: int
    before: float
    """Mean a week."""
    trend: Trend


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of a rule as a YAML file."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Unruled:
    """An error that no rule knows: it is new on this server, or it grows."""

    moved: Moved
    """Its subject is the fingerprint."""
    new: bool
    text: str
    """An example, redacted; empty where no evidence is kept any more."""
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case to which a human was called and that nobody calls fixed; `called_at` in UNIX seconds."""

    case: str
    finding: str
    called_at: float


@dataclass(frozen=True, slots=True)
class Disputed:
    """A finding that people call wrong: in how many of its cases."""

    finding: str
    wrong: int
    cases: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One week of one server, or with `week` empty the last seven days up to now."""

    platform: str
    server: str
    week: str
    """``2026-W31``; stands in the post, so that it is found again."""
    first: date
    last: date
    late_since: float | None
    """When it was due, in UNIX seconds, where it is posted late."""
    cases: Moved
    solved: float | None
    """The share that was fixed, 0..1, of the `said` about which anyone said what became of them."""
    said: int
    median_answer: float | None
    """Seconds."""
    median_fixed: float | None
    findings: tuple[Moved, ...]
    """The most frequent causes."""
    unknown: tuple[Unruled, ...]
    waiting: tuple[Waiting, ...]
    """The newest of all that wait, which are `waiting_total`."""
    waiting_total: int
    disputed: tuple[Disputed, ...]
    dataset_share: float | None
    """The share of the diagnosed cases whose first remedy lies in the dataset or its captions, 0..1."""
    by_day: tuple[int, ...]
    chart: bytes | None = field(default=None, repr=False)
    """PNG."""
