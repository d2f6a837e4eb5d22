"""How curves are judged: the typed content of ``knowledge/curves-judging.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from diagnostics.loss.model import Pattern
from knowledge.entry import Entry, Id, Probability, Text
from knowledge.load import HOME
from knowledge.model import Point
from knowledge.source import read

FILE = "curves-judging.yaml"


class Limits(Entry):
    """What a log must hold before a pattern may be named. Shares are 0..1."""

    fewest_values: int = Field(ge=4)
    fewest_noisy: int = Field(ge=4)
    calm: float = Field(gt=0)
    """Coefficient of variation of single values around the level."""
    fewest_fast: int = Field(ge=4)
    missing_head: Probability
    early: Probability
    detectable: Probability
    clear_fall: float = Field(gt=0)
    non_finite_share: Probability
    non_finite_end: int = Field(gt=0)
    zero_share: Probability
    negative_share: Probability


class ScheduleLimits(Entry):
    """When a change of the learning rate explains what the loss does."""

    near: Probability
    """Share of the run within which the two count as happening together."""
    late: Probability
    """From this share of the run on a low learning rate is the end of a schedule."""
    low_rate: Probability
    """Below this share of its height a learning rate is too low to go on learning at the former speed."""


class Decision(Entry):
    """From class probabilities to a verdict and its confidence."""

    healthy_bonus: float = Field(ge=1)
    least: Probability
    least_problem: Probability
    slope: float = Field(gt=0)
    offset: float
    certain: Probability


class Templates(Entry):
    """What problem curves look like at the documented levels of one profile."""

    profile: Id
    source: Text
    spread: float = Field(gt=0)
    fits: Probability
    curves: dict[Pattern, tuple[Point, ...]]


class Special(Entry):
    """Sentences for verdicts that are read off the log rather than off its shape, and additions to the others."""

    no_values: Text
    few_values: Text
    non_finite_first: Text
    non_finite: Text
    zeros: Text
    negative: Text
    constant: Text
    tail: Text
    early: Text
    coarse: Text
    warmup: Text
    schedule: Text
    schedule_healthy: Text
    schedule_end: Text
    schedule_low: Text
    profile: Text
    look_at_samples: Text


class Judging(Entry):
    """Everything that a moderator can change about how curves are judged."""

    limits: Limits
    schedule: ScheduleLimits
    decision: Decision
    templates: tuple[Templates, ...] = ()
    reasons: dict[Pattern, Text]
    special: Special


@cache
def judging(root: Path = HOME) -> Judging:
    """Read the parameters below the knowledge folder `root`; raises `KnowledgeError` with the line of each mistake."""
    return read(root / FILE, Judging)
