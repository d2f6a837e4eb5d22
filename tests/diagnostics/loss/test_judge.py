"""What is read off a log, and what cannot be told from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from diagnostics.log.model import Series, Unit
from diagnostics.loss.judge import judge
from diagnostics.loss.model import Pattern
from tests.diagnostics.loss import curves


def of(*values: float, hidden_nan: bool = False, **fields: Any) -> Series:
    return Series(np.arange(1, len(values) + 1), np.array(values), Unit.RAW, hidden_nan=hidden_nan, **fields)


def test_no_values() -> None:
    assert judge(of()).pattern is Pattern.INSUFFICIENT


def test_not_a_number_from_the_first_step() -> None:
    verdict = judge(of(*[np.nan] * 5))
    assert verdict.pattern is Pattern.DIVERGED
    assert (verdict.non_finite, verdict.first_non_finite_step) == (5, 1)
    assert "first value" in verdict.reason


def test_not_a_number_later() -> None:
    good = curves.series(curves.healthy())
    loss = good.loss.copy()
    loss[2000:] = np.inf
    verdict = judge(replace(good, loss=loss))
    assert verdict.pattern is Pattern.DIVERGED
    assert (verdict.non_finite, verdict.first_non_finite_step) == (1000, 2001)
    assert "infinite" in verdict.reason


def test_a_few_gaps_do_not_matter() -> None:
    good = curves.series(curves.healthy())
    loss = good.loss.copy()
    loss[::100] = np.nan
    verdict = judge(replace(good, loss=loss))
    assert verdict.pattern is Pattern.HEALTHY
    assert verdict.non_finite == 30


def test_zeros_that_hide_not_a_number() -> None:
    verdict = judge(of(0.1, 0.12, 0.0, 0.0, 0.0, 0.0, hidden_nan=True))
    assert verdict.pattern is Pattern.DIVERGED
    assert verdict.first_non_finite_step == 3


def test_exact_zeros() -> None:
    verdict = judge(of(*[0.0] * 6))
    assert verdict.pattern is Pattern.DIVERGED
    assert "exactly zero" in verdict.reason


def test_a_constant_loss() -> None:
    verdict = judge(of(*[0.25] * 50))
    assert verdict.pattern is Pattern.NO_DECREASE
    assert not verdict.second_witness_needed
    assert "exactly 0.25" in verdict.reason


@pytest.mark.parametrize("count", [1, 3, 7, 12])
def test_too_few_values(count: int) -> None:
    short = curves.series(curves.healthy())
    verdict = judge(replace(short, steps=short.steps[:count], loss=short.loss[:count]))
    assert verdict.pattern is Pattern.INSUFFICIENT


@pytest.mark.parametrize("level", [curves.healthy(), curves.flat(), curves.plateau(), curves.collapse()])
def test_a_pasted_tail(level: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    whole = curves.series(level)
    verdict = judge(replace(whole, steps=whole.steps[-60:], loss=whole.loss[-60:]))
    assert verdict.pattern is Pattern.INSUFFICIENT


def test_nobody_says_early_that_the_loss_does_not_fall() -> None:
    early = curves.series(curves.flat(400))
    verdict = judge(replace(early, total_steps=3400))
    assert verdict.pattern is Pattern.INSUFFICIENT
    assert "12 %" in verdict.reason


def test_warmup_to_the_end_of_the_log() -> None:
    early = curves.series(curves.flat(400))
    verdict = judge(replace(early, learning_rate=np.linspace(1e-6, 1e-4, 400)))
    assert verdict.pattern is Pattern.INSUFFICIENT
    assert "warming up" in verdict.reason


def test_schedule() -> None:
    rate = np.concatenate([np.linspace(1e-6, 1e-4, 100), np.full(1400, 1e-4), np.full(1500, 2e-5)])
    verdict = judge(replace(curves.series(curves.healthy()), learning_rate=rate))
    assert verdict.warmup_until == 100
    assert verdict.schedule_jumps == (1501,)


def test_a_resume_takes_back_what_came_after_the_checkpoint() -> None:
    whole = curves.series(curves.healthy())
    steps = np.concatenate([whole.steps[:2000], whole.steps[1800:]])
    loss = np.concatenate([whole.loss[:2000], whole.loss[1800:]])
    verdict = judge(Series(steps, loss, Unit.RAW))
    once = judge(replace(whole, trainer=None))
    assert verdict.resumes == 1
    assert (verdict.pattern, verdict.start, verdict.end) == (once.pattern, once.start, once.end)


def test_the_longest_of_several_runs_is_judged() -> None:
    broken, whole = curves.series(curves.flat(50) * 100), curves.series(curves.healthy())
    steps, loss = np.concatenate([broken.steps, whole.steps]), np.concatenate([broken.loss, whole.loss])
    verdict = judge(Series(steps, loss, Unit.RAW))
    assert verdict.restarts == 1
    assert verdict.pattern is Pattern.HEALTHY
    assert verdict.last_step == 3000


def test_a_moving_average_is_found() -> None:
    whole = curves.series(curves.healthy(), 0.6)
    averaged = np.convolve(whole.loss, np.ones(100) / 100, "valid")
    verdict = judge(Series(np.arange(len(averaged)), averaged, Unit.RUNNING_AVERAGE))
    assert 50 <= verdict.smoothing <= 200
    assert verdict.pattern is Pattern.HEALTHY


def test_climbing_loss() -> None:
    level = curves.healthy() * np.exp(np.clip(np.arange(3000) - 1500, 0, 600) / 150)
    assert judge(curves.series(level)).pattern is Pattern.DIVERGED


def test_the_reason_is_a_sentence_without_gaps() -> None:
    for level in (curves.healthy(), curves.flat(), curves.plateau(), curves.collapse(), curves.jumpy()):
        reason = judge(curves.series(level)).reason
        assert reason.endswith(".")
        assert "{" not in reason
