"""What the logged learning rate did: warmup, and jumps of the schedule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RISE = 1.5
"""A warmup at least multiplies the learning rate by this."""
HELD = 0.5
"""A warmup holds its first learning rate for no more than this share of its length."""
JUMP = 1.5
"""A restart of the schedule raises the learning rate by this factor at once, or cuts it by this one."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps are those of the log."""

    warmup_until: int | None
    """Step at which the learning rate first reached its height; None without warmup."""
    warming_up: bool
    """True where the log ends before the warmup does."""
    jumps: tuple[int, ...]
    """Steps at which the learning rate jumped after warmup (restart, resume, step decay)."""


def read_schedule(steps: NDArray[np.int64], learning_rate: NDArray[np.float64] | None) -> Schedule:
    """Read the schedule from the learning rate logged with each value; NaN and negative rates are ignored."""
    if learning_rate is None:
        return Schedule(None, False, ())
    usable = np.isfinite(learning_rate) & (learning_rate >= 0)
    rate, at = learning_rate[usable], steps[usable]
    if len(rate) < 4 or rate.max() <= 0:
        return Schedule(None, False, ())
    top = int((rate >= 0.999 * rate.max()).argmax())
    rising = (
        top >= 3
        and rate[top] > RISE * max(float(rate[0]), 1e-300)
        and bool((np.diff(rate[: top + 1]) >= 0).all())
        and int((rate[:top] <= 1.001 * rate[0]).sum()) <= HELD * top  # else a constant rate was raised
    )
    after = rate[top if rising else 0 :]
    later = at[top if rising else 0 :][1:]
    ratio = after[1:] / np.maximum(after[:-1], 1e-300)
    moved = (ratio > JUMP) | ((ratio < 1 / JUMP) & (after[1:] > 0.02 * rate.max()))
    return Schedule(
        warmup_until=int(at[top]) if rising else None,
        warming_up=rising and top == len(rate) - 1,
        jumps=tuple(int(step) for step in later[moved][:20]),
    )
