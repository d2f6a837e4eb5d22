"""Curves for the tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.model import Series, Unit
from knowledge.model import Point, Profile

QWEN = Profile(
    id="qwen-image-edit-2509",
    title="Qwen-Image-Edit-2509",
    source="troubleshooting guide",
    models=("qwen",),
    reference=(
        Point(step=0, loss=0.15),
        Point(step=500, loss=0.08),
        Point(step=1500, loss=0.05),
        Point(step=3400, loss=0.03),
    ),
    comparable=("ai-toolkit",),
)


def series(
    level: NDArray[np.float64], noise: float = 0.3, seed: int = 0, unit: Unit = Unit.RAW, trainer: str = "ai-toolkit"
) -> Series:
    """A level for each step from 1 on, times log-normal noise of mean 1."""
    rng = np.random.default_rng(seed)
    values = level * np.exp(noise * rng.standard_normal(len(level)) - noise**2 / 2)
    return Series(np.arange(1, len(level) + 1), values, unit, trainer)


def healthy(length: int = 3000, floor: float = 0.3) -> NDArray[np.float64]:
    """A good run: a quick fall, then a slow one."""
    share = np.linspace(0, 1, length)
    return np.asarray(0.15 * (floor + (1 - floor) * (0.5 * np.exp(-share / 0.08) + 0.5 * np.exp(-share / 0.4))))


def flat(length: int = 3000, level: float = 0.155) -> NDArray[np.float64]:
    """A run that does not move."""
    return np.full(length, level)


def plateau(length: int = 3000) -> NDArray[np.float64]:
    """A run that falls from 0.15 to 0.10 over 500 steps and stays there."""
    return np.interp(np.arange(length), [0, 500], [0.15, 0.10])


def collapse(length: int = 2000) -> NDArray[np.float64]:
    """A run that falls from 0.15 to 0.01 in 200 steps."""
    return np.exp(np.interp(np.arange(length), [0, 200], np.log([0.15, 0.01])))


def jumpy(length: int = 3000, seed: int = 5) -> NDArray[np.float64]:
    """A good run thrown up by a factor of four to eight, ten times over."""
    rng = np.random.default_rng(seed)
    level = healthy(length)
    for start in rng.integers(100, length - 100, 10):
        level[start : start + 40] *= rng.uniform(4, 8)
    return level


def guide_good(length: int = 3400) -> NDArray[np.float64]:
    """The guide's good curve: 0.15, 0.08, 0.05, 0.03."""
    return np.interp(np.arange(length), [0, 500, 1500, 3400], [0.15, 0.08, 0.05, 0.03])
