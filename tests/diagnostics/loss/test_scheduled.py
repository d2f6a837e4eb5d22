"""A loss that moves where the posted learning rate changes is no fault by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from diagnostics.loss.judge import judge
from diagnostics.loss.model import Pattern
from tests.diagnostics.loss import curves

Floats = NDArray[np.float64]
N = 3000
STEPS = np.arange(N)
PROBLEMS = (Pattern.SPIKES, Pattern.PLATEAU, Pattern.DIVERGED)


def constant(value: float = 1e-4) -> Floats:
    return np.full(N, value)


def restarts(cycles: int = 4) -> tuple[Floats, Floats]:
    """Cosine with restarts: at each the loss jumps up by two thirds and comes down again with the rate."""
    phase = (STEPS % (N // cycles)) / (N // cycles)
    rate = 0.5e-4 * (1 + np.cos(np.pi * phase))
    bump = np.where(N // cycles <= STEPS, 1.2 * np.exp(-phase / 0.05), 0.0)
    return curves.healthy(N) * np.exp(bump), rate


def raised() -> tuple[Floats, Floats]:
    """The rate is raised five times over at half way, and the loss stays higher."""
    late = STEPS >= N // 2
    return curves.healthy(N) * np.where(late, 4.0, 1.0), np.where(late, 5e-4, 1e-4)


def ended(after: float = 1.0, stop: float = 0.7) -> tuple[Floats, Floats]:
    """Cosine to nothing at a share of the run: the loss stops falling at a share `stop` of that."""
    share = np.minimum(STEPS / (after * N), 1.0)
    return 0.15 - 0.05 * np.minimum(share / stop, 1.0), 0.5e-4 * (1 + np.cos(np.pi * share))


def lowered() -> tuple[Floats, Floats]:
    """A step decay at a fifth of the run takes the loss down a last time."""
    late = STEPS >= N // 5
    return np.where(late, 0.10, 0.15 - 0.03 * STEPS / (N // 5)), np.where(late, 1e-5, 1e-4)


def warmed_up() -> tuple[Floats, Floats]:
    """A long warmup throws the loss up before it falls."""
    warm = np.minimum(STEPS / 500, 1.0)
    hump = 1.6 * np.exp(-(((STEPS - 450) / 120) ** 2))
    return curves.healthy(N) * np.exp(hump), 1e-4 * warm


SCHEDULES = {
    "restarts": restarts,
    "raised": raised,
    "ended": ended,
    "lowered": lowered,
    "warmed up": warmed_up,
}


@pytest.mark.parametrize("noise", [0.1, 0.3])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", SCHEDULES)
def test_the_schedule_alone_is_no_problem(name: str, seed: int, noise: float) -> None:
    level, rate = SCHEDULES[name]()
    run = curves.series(level, noise, seed)
    assert judge(replace(run, learning_rate=rate)).pattern in (Pattern.HEALTHY, Pattern.INSUFFICIENT)


@pytest.mark.parametrize("name", ["restarts", "raised", "lowered"])
def test_without_a_posted_rate_the_same_curve_is_one(name: str) -> None:
    """Proves that the schedule decides, not a curve that would have passed anyway."""
    level, _ = SCHEDULES[name]()
    assert judge(curves.series(level, 0.1)).pattern in PROBLEMS


@pytest.mark.parametrize("name", ["restarts", "raised", "lowered", "warmed up"])
def test_the_text_says_what_the_learning_rate_did(name: str) -> None:
    level, rate = SCHEDULES[name]()
    text = judge(replace(curves.series(level, 0.1), learning_rate=rate)).reason
    assert "learning rate" in text
    assert "{" not in text


def test_a_schedule_that_ends_early_is_a_cause_and_no_excuse() -> None:
    level, rate = ended(0.25, 1.0)
    verdict = judge(replace(curves.series(level, 0.1), learning_rate=rate))
    assert verdict.pattern is Pattern.PLATEAU
    assert "longer schedule" in verdict.reason


def test_warmup_is_no_excuse_for_a_loss_that_stays_up() -> None:
    rate = 1e-4 * np.minimum(STEPS / 200, 1.0)
    level = 0.15 * np.exp(np.clip(STEPS / 100, 0, 2))
    assert judge(replace(curves.series(level, 0.2), learning_rate=rate)).pattern is not Pattern.HEALTHY


@pytest.mark.parametrize(
    ("level", "pattern"),
    [
        (curves.jumpy(N), Pattern.SPIKES),
        (curves.healthy(N) * np.exp(np.clip(STEPS - 2000, 0, 600) / 150), Pattern.DIVERGED),
        (curves.plateau(N), Pattern.PLATEAU),
    ],
)
@pytest.mark.parametrize("jump", [False, True])
def test_real_trouble_stays_trouble_whatever_the_schedule(level: Floats, pattern: Pattern, jump: bool) -> None:
    rate = np.where((STEPS >= 1500) & jump, 2e-4, 1e-4)
    assert judge(replace(curves.series(level, 0.2), learning_rate=rate)).pattern is pattern
