"""The verdict on a loss curve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Pattern(StrEnum):
    """What the curve shows."""

    HEALTHY = "healthy"
    PLATEAU = "plateau"
    SPIKES = "spikes"
    NO_DECREASE = "no-decrease"
    TOO_FAST = "too-fast"
    DIVERGED = "diverged"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CurveVerdict:
    """What a loss curve shows, how sure that is, and the numbers that carry it. Missing numbers are None."""

    pattern: Pattern
    confidence: float
    """Calibrated probability that `pattern` is right, 0..1."""
    points: int
    """Values read, non-finite ones included."""
    reason: str
    """One sentence that a newcomer understands."""
    start: float | None = None
    end: float | None = None
    start_interval: Interval | None = None
    end_interval: Interval | None = None
    drop: float | None = None
    """(start - end) / start."""
    slope_per_1k: float | None = None
    """Change of the natural logarithm of the level per 1,000 steps."""
    slope_interval: Interval | None = None
    spike_rate: float | None = None
    """Share of points above what the run's own timestep noise explains."""
    plateau_step: int | None = None
    share_of_drop: tuple[tuple[int, float], ...] = ()
    """(step, share of the whole drop reached by it)."""
    profile_similarity: float | None = None
    """0..1 against the profile's reference curve; None where levels cannot be compared."""
    second_witness_needed: bool = False
    """True for patterns that a healthy run can show too: alone they are information, not a diagnosis."""
    non_finite: int = 0
    first_non_finite_step: int | None = None
    resumes: int = 0
    restarts: int = 0
    """Further runs in the same log; the longest is judged."""
    smoothing: int = 1
    """Logged values over which the log was found to be smoothed; 1 for raw."""
    warmup_until: int | None = None
    """Step at which the learning rate reached its height, where it is logged and warmed up."""
    schedule_jumps: tuple[int, ...] = ()
    """Steps at which the logged learning rate jumped after warmup."""
    first_step: int | None = None
    last_step: int | None = None
    picture: str | None = None
    """Name of the picture that the curve was read off; None where it comes from a log or a loss file."""
