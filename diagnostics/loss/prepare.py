"""From a logged series to a curve that can be judged: one run, steps rising, finite values; and what was put right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.model import Series, Unit

Floats = NDArray[np.float64]

RESTART = 0.02
"""A step that falls back to within this share of the log's first step starts a new run; further on it is a resume."""
FEWEST_THINNED = 2_000
"""Shorter logs are not thinned by whoever reads them."""
MOST_EXTRAS = 0.05
"""More values than this share between the even ones: the log is uneven by nature."""
WITHIN_GAP = 1.05
TINY, HUGE = 1e-12, 1e12
"""Losses are kept within these, so that logarithms and squares stay finite."""


@dataclass(frozen=True)
class Curve:
    """The finite values of one run. `steps` rises strictly; `loss` is positive; both float64 of one length."""

    steps: Floats
    loss: Floats
    logged: int
    """Values in the log, non-finite and superseded ones included."""
    non_finite: int
    first_non_finite_step: int | None
    trailing_non_finite: int
    """Non-finite values after the last finite one."""
    zeros: int
    """Values of exactly zero among the finite ones."""
    negative: int
    resumes: int
    restarts: int
    """Runs that were started again from the beginning in the same log; only the longest is judged."""
    unit: Unit


def prepare(series: Series) -> Curve:
    """Return the curve of the longest run of a series; records that a resume superseded are dropped."""
    steps = np.asarray(series.steps, dtype=np.float64)
    loss = np.asarray(series.loss, dtype=np.float64)
    run, restarts = _longest_run(steps)
    kept, resumes = _not_superseded(steps[run])
    steps, loss = steps[run][kept], loss[run][kept]
    finite = np.isfinite(loss)
    if series.hidden_nan:
        finite &= loss != 0.0
    bad = np.flatnonzero(~finite)
    good = np.flatnonzero(finite)
    usable = loss[finite]
    even = _without_extras(steps[finite])
    return Curve(
        steps=steps[finite][even],
        loss=np.clip(usable[even], TINY, HUGE),
        logged=len(series.loss),
        non_finite=len(bad),
        first_non_finite_step=int(steps[bad[0]]) if len(bad) else None,
        trailing_non_finite=len(loss) - 1 - int(good[-1]) if len(good) else len(loss),
        zeros=int((usable == 0).sum()),
        negative=int((usable < 0).sum()),
        resumes=resumes,
        restarts=restarts,
        unit=series.unit,
    )


def _longest_run(steps: Floats) -> tuple[slice, int]:
    """Split where the steps start again from the beginning; return the longest run (the last of equals)."""
    if len(steps) < 2:
        return slice(0, len(steps)), 0
    near_start = steps[0] + RESTART * (steps.max() - steps[0])
    starts = np.flatnonzero((np.diff(steps) < 0) & (steps[1:] <= near_start)) + 1
    edges = np.concatenate([[0], starts, [len(steps)]])
    lengths = np.diff(edges)
    chosen = len(lengths) - 1 - int(lengths[::-1].argmax())
    return slice(int(edges[chosen]), int(edges[chosen + 1])), len(starts)


def _not_superseded(steps: Floats) -> tuple[NDArray[np.bool_], int]:
    """Mark the records that no later record with the same or a smaller step takes back; count the resumes."""
    if len(steps) < 2:
        return np.ones(len(steps), dtype=np.bool_), 0
    least_later = np.minimum.accumulate(steps[::-1])[::-1]
    kept = np.append(steps[:-1] < least_later[1:], True)
    return kept, int((np.diff(steps) < 0).sum())


def _without_extras(steps: Floats) -> NDArray[np.bool_] | slice:
    """Mark the values of a thinned log that are evenly spaced; those kept between them for being extreme are left out.

    The highest of a million values would pass for spikes among every tenth of them. A value is an extra where its two
    neighbours are no further apart than even ones are. `steps` must rise.
    """
    if len(steps) < FEWEST_THINNED:
        return slice(None)
    apart = steps[2:] - steps[:-2]
    extra = np.concatenate([[False], apart <= WITHIN_GAP * float(np.median(np.diff(steps))), [False]])
    count = int(extra.sum())
    return ~extra if 0 < count <= MOST_EXTRAS * len(steps) else slice(None)
