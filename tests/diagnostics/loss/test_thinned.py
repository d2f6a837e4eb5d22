"""A log that was thinned evenly and kept its extremes is judged like the even one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnostics.log.model import Series
from diagnostics.loss.judge import judge
from diagnostics.loss.model import Pattern
from diagnostics.loss.prepare import prepare
from tests.diagnostics.loss import curves

MILLION = 1_000_000
EVERY = 10
EXTREMES = 64


def chosen(run: Series, kept: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Series:
    return replace(run, steps=run.steps[kept], loss=run.loss[kept])


def with_extremes(run: Series, nearby: tuple[int, ...] = ()) -> Series:
    order = np.argsort(run.loss)
    even = np.arange(0, len(run.loss), EVERY)
    return chosen(run, np.unique(np.concatenate([even, order[:EXTREMES], order[-EXTREMES:], nearby]).astype(np.int64)))


@pytest.mark.parametrize("noise", [0.4, 1.0])
def test_extremes_raise_no_spikes(noise: float) -> None:
    run = curves.series(curves.healthy(MILLION), noise)
    even, kept = judge(chosen(run, np.arange(0, MILLION, EVERY))), judge(with_extremes(run))
    assert even.pattern is Pattern.HEALTHY
    assert (kept.pattern, kept.confidence) == (even.pattern, even.confidence)
    assert kept.spike_rate == even.spike_rate


def test_extras_side_by_side_are_left_out_too() -> None:
    run = curves.series(curves.healthy(30_000), 0.4)
    thinned = prepare(with_extremes(run, (105, 106, 107, 20_001, 20_009)))
    assert not set(thinned.steps) - set(run.steps[::EVERY])
    assert len(thinned.steps) >= 0.99 * len(run.steps[::EVERY])


def test_what_is_not_finite_still_counts() -> None:
    run = curves.series(curves.healthy(30_000), 0.4)
    run.loss[20_005] = np.nan
    assert prepare(with_extremes(run, (20_005,))).non_finite == 1


def test_an_uneven_log_keeps_its_values() -> None:
    steps = np.cumsum(np.random.default_rng(0).integers(1, 20, 5000))
    run = Series(steps, curves.series(curves.healthy(5000)).loss, curves.series(curves.flat(9)).unit)
    assert len(prepare(run).loss) == 5000
