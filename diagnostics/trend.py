"""Whether a count rose or fell, or only varied by chance. Pure."""

from __future__ import annotations

import math
from enum import StrEnum

_EXACT = 400
"""Up to so many in both times together the tail is summed; beyond it the normal approximation is as good."""


class Trend(StrEnum):
    """How a count moves."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


def trend(now: int, before: int, share: float, chance: float) -> Trend:
    """Compare a count with an earlier one by the conditional test of two Poisson rates (source: recurrence.yaml).

    `share` is the part of both times together that is now, 0..1: without a change `now` is binomial in it.
    """
    total = now + before
    if total and _tail(now, total, share) < chance:
        return Trend.RISING
    if total and _tail(total - now, total, 1 - share) < chance:
        return Trend.FALLING
    return Trend.STEADY


def _tail(count: int, total: int, share: float) -> float:
    """Return the probability of at least `count` of `total`."""
    if total > _EXACT:
        deviation = math.sqrt(total * share * (1 - share))
        return 0.5 * math.erfc((count - 0.5 - total * share) / (deviation * math.sqrt(2)))
    terms = (math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count, total + 1))
    return math.fsum(terms)
