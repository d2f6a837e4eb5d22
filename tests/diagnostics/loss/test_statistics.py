"""The statistics that a verdict rests on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.log.model import Series, Unit
from diagnostics.loss.blocks import cut
from diagnostics.loss.change import FALL, FLAT, FLAT_SPREAD, RISE, no_change
from diagnostics.loss.features import measure
from diagnostics.loss.prepare import prepare
from diagnostics.loss.slope import slope
from diagnostics.loss.smoothing import smoothing_length
from diagnostics.loss.trend import falling
from tests.diagnostics.loss import curves


@settings(deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.integers(0, 99))
def test_a_falling_fit_falls_and_keeps_the_mean(levels: list[float], seed: int) -> None:
    weights = np.random.default_rng(seed).uniform(0.1, 2, len(levels))
    fit = falling(np.array(levels), weights)
    assert (np.diff(fit) <= 1e-9).all()
    assert weights @ fit == pytest.approx(weights @ np.array(levels), abs=1e-6)


def test_a_falling_fit_leaves_a_falling_curve_alone() -> None:
    levels = np.array([3.0, 2.0, 1.0, 0.5])
    assert falling(levels, np.ones(4)).tolist() == levels.tolist()


@pytest.mark.parametrize("window", [20, 50, 150])
def test_the_window_of_a_moving_average(window: int) -> None:
    noise = np.random.default_rng(1).lognormal(0, 0.6, 4000)
    averaged = np.convolve(noise, np.ones(window) / window, "valid")
    assert smoothing_length(np.log(averaged)) == pytest.approx(window, rel=0.2)


def test_raw_noise_is_not_smoothed() -> None:
    assert smoothing_length(np.random.default_rng(1).normal(size=3000)) == 1


def test_standard_errors_are_honest() -> None:
    """The end level lies in its 95 % interval in about 95 of 100 runs, raw or averaged."""
    for window in (1, 60):
        inside = 0
        for seed in range(200):
            run = curves.series(curves.flat(2000, 1.0), 0.6, seed)
            loss = np.convolve(run.loss, np.ones(window) / window, "valid")
            change = measure(prepare(Series(np.arange(len(loss)), loss, Unit.RAW))).change
            inside += abs(change.end) <= 1.96 * change.end_error
        assert inside >= 170, window


def test_the_noise_is_blind_to_the_trend() -> None:
    steep, level = (cut(prepare(curves.series(one, 0.3))).noise for one in (curves.collapse(), curves.flat()))
    assert steep == pytest.approx(level, rel=0.15)


def test_spike_and_slab() -> None:
    priors = (FLAT, FALL, RISE)
    assert no_change(0.0, 0.02, FLAT_SPREAD, priors)[0] > 0.9
    assert no_change(0.5, 0.05, FLAT_SPREAD, priors)[1] > 0.99
    assert no_change(-0.5, 0.05, FLAT_SPREAD, priors)[2] > 0.99
    flat, fall, _ = no_change(0.1, 1.0, FLAT_SPREAD, priors)
    assert flat == pytest.approx(fall, abs=0.3)


def test_slope() -> None:
    run = curves.series(np.exp(-0.0005 * np.arange(2000)), 0.2)
    found = slope(cut(prepare(run)))
    assert found is not None
    assert found.per_1k == pytest.approx(-0.5, abs=0.05)
    assert found.interval.low < -0.5 < found.interval.high


def test_a_stray_early_step_takes_back_nothing_before_it() -> None:
    curve = prepare(Series(np.array([1, 2, 3, 4, 5, 3, 4, 6]), np.arange(8.0), Unit.RAW))
    assert curve.steps.tolist() == [1, 2, 3, 4, 6]
    assert curve.loss.tolist()[1:] == [1.0, 5.0, 6.0, 7.0]
    assert curve.resumes == 1
