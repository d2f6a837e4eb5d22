"""Fix rows in the order that works: the guide's priority as the prior, what people report as the evidence. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostics.fixes import rank
from diagnostics.report import FixRow
from knowledge.model import Priority, Rule
from knowledge.recurrence import Prior


@dataclass(frozen=True, slots=True)
class Tried:
    """How many people tried a fix, and how many of them say that it helped."""

    tried: int
    helped: int


def fix_key(solution: str) -> str:
    """Return what a fix row is known by: 8 hex digits of what it tells people to do."""
    return hashlib.sha256(solution.encode("utf-8", "replace")).hexdigest()[:8]


def success(row: FixRow, tried: Tried | None, prior: Prior) -> float:
    """Return the posterior mean, 0..1, of the success of a row; the formula and its source stand in recurrence.yaml."""
    mean = prior_mean(row.priority, prior)
    if tried is None:
        return mean
    return (prior.weight * mean + tried.helped) / (prior.weight + tried.tried)


def prior_mean(priority: Priority | None, prior: Prior) -> float:
    """Return what is expected of a row that nobody has tried yet."""
    return float(getattr(prior, priority.value if priority else "unranked"))


def by_success(
    rows: Sequence[FixRow], rule: Rule | None, tried: Mapping[str, Tried], prior: Prior
) -> tuple[FixRow, ...]:
    """Return the rows in the order that works; `tried` goes by `fix_key`.

    Rows that are none of the rule's own, such as repairs of the config, stay in front. A row stands where its success
    puts it on the scale of the guide's priorities, so that what the bundle confirms or rules out counts as before, and
    without feedback the order is the guide's.
    """
    own = {fix.solution for fix in rule.fixes} if rule else set()
    ranked = [row for row in rows if row.solution in own]
    if not any(fix_key(row.solution) in tried for row in ranked):
        return tuple(rows)
    ranked.sort(key=lambda row: rank(row, _place(row, tried.get(fix_key(row.solution)), prior)))
    return (*(row for row in rows if row.solution not in own), *ranked)


def _place(row: FixRow, tried: Tried | None, prior: Prior) -> float:
    """Return the place on the scale 0 (high) to 3 (without a priority), going on beyond 0 for the surest."""
    # heavy, and only needed once people said what they tried
    import numpy as np

    means = [prior.unranked, prior.low, prior.medium, prior.high, 1.0]
    return float(np.interp(success(row, tried, prior), [0.0, *means], [4.0, 3.0, 2.0, 1.0, 0.0, -1.0]))
