"""Whether the level moves more than timestep noise can move it.

Timestep noise is independent from step to step, however heavy its tail; instability clusters, wanders and reaches up.
Each number below looks for one of these signs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.loss.blocks import Blocks
from diagnostics.loss.order import median, quantiles
from diagnostics.loss.prepare import TINY, Floats
from diagnostics.loss.smoothing import autocorrelation

WINDOWS = (4, 8, 16, 32, 64, 128, 256, 512)
EPISODE_SCORE, EPISODE_RATIO = 4.2, 1.4
"""A window this far out in rank score, and this far above the trend, belongs to an episode."""
SAMPLED = 8000


@dataclass(frozen=True)
class Instability:
    """Signs of instability. Ratios are to the trend; none depends on the scale of the loss."""

    wobble: float
    """Standard deviation of the log level around a falling trend, beyond what noise gives."""
    wobble_test: float
    """Mean squared standardised deviation of the level from a falling trend; 1 for pure noise."""
    run_score: float
    """Largest scan statistic over rank scores: standard deviations by which some window lies above chance."""
    run_ratio: float
    """Mean of that window over the trend."""
    episodes: int
    """Separate stretches that lie above the trend."""
    asymmetry: float
    """How far the highest short mean rises over the median, against how far the lowest falls below it (logarithms)."""
    peak_deviations: float
    """That rise in robust standard deviations."""
    peak_ratio: float
    """That rise as a ratio."""
    outlier_ratio: float
    """Largest value over the 95 % quantile, both over the trend."""
    outlier_excess: float
    """The same against what the tail between the 95 % and 99 % quantiles predicts for this many values."""
    outliers: int
    """Values above four times the 95 % quantile."""
    correlation: float
    """Mean autocorrelation of the residuals over the first lags."""
    rate: float
    """Share of values above the highest that the run's own noise explains (`outlier` fence on logarithms)."""
    lower_tail: float
    """Logarithm of the median over the 5 % quantile: the shape of the timestep noise."""
    upper_tail: float
    """Logarithm of the 95 % quantile over the median."""


def instability(blocks: Blocks, trend: Floats) -> Instability:
    """Measure the signs of instability of a curve, given its falling trend (log level, one value a block)."""
    errors = blocks.errors
    rest = blocks.levels - trend
    freedom = max(1.0, len(trend) - 1 - 0.5 * float(np.sum(np.diff(trend) < 0)))
    at_steps = np.exp(np.interp(blocks.steps, blocks.centres, trend))
    relative = blocks.values / at_steps
    residuals = np.log(relative)
    score, ratio, episodes = _scan(residuals, relative, blocks.inflation)
    means = np.convolve(residuals, np.ones(3) / 3, "valid") if len(residuals) >= 60 else residuals
    middle = median(means)
    deviation = 1.4826 * median(np.abs(means - middle)) + 1e-9
    rise, dip = float(means.max()) - middle, middle - float(means.min())
    outlier_ratio, outlier_excess, outliers, rate, lower_tail, upper_tail = _outliers(blocks, at_steps)
    lags = min(12, max(2, len(residuals) // 6))
    return Instability(
        wobble=float(np.sqrt(max(0.0, float(rest @ rest - errors @ errors) / freedom))),
        wobble_test=float(((rest / errors) ** 2).sum() / freedom),
        run_score=score,
        run_ratio=ratio,
        episodes=episodes,
        asymmetry=rise / max(dip, 1e-9),
        peak_deviations=rise / deviation,
        peak_ratio=float(np.exp(min(50.0, rise))),
        outlier_ratio=outlier_ratio,
        outlier_excess=outlier_excess,
        outliers=outliers,
        correlation=float(autocorrelation(residuals, lags).mean()) if len(residuals) > 30 else 0.0,
        rate=rate,
        lower_tail=lower_tail,
        upper_tail=upper_tail,
    )


def _scan(residuals: Floats, relative: Floats, inflation: float) -> tuple[float, float, int]:
    """Scan windows of rank scores (van der Waerden): their null distribution is the same under any law of noise."""
    n = len(residuals)
    ranks = np.empty(n)
    ranks[np.argsort(residuals, kind="stable")] = np.arange(n)
    scores = np.concatenate([[0.0], np.cumsum(_quantile((ranks + 0.5) / n))])
    levels = np.concatenate([[0.0], np.cumsum(relative)])
    best_score, best_ratio, episodes = 0.0, 1.0, 0
    for window in (3, *WINDOWS[1:]) if n < 4000 else WINDOWS:
        if window > n // 6:
            break
        score = (scores[window:] - scores[:-window]) / (np.sqrt(window) * max(1.0, inflation))
        ratio = (levels[window:] - levels[:-window]) / window
        highest = int(score.argmax())
        if score[highest] > best_score:
            best_score, best_ratio = float(score[highest]), float(ratio[highest])
        above = np.concatenate([[False], (score > EPISODE_SCORE) & (ratio > EPISODE_RATIO)])
        starts = np.flatnonzero(above[1:] & ~above[:-1])
        if len(starts):
            episodes = max(episodes, 1 + int((np.diff(starts) > 3 * window).sum()))
    return best_score, best_ratio, episodes


def _quantile(probability: Floats) -> Floats:
    """Normal quantiles to 0.005, ample for rank scores (inverse of Winitzki's approximation of erf, 2008)."""
    u = 2 * probability - 1
    logarithm = np.log(1 - u * u + 1e-300)
    term = 4.3307467508 + logarithm / 2
    return np.asarray(np.sign(u) * np.sqrt(2 * (np.sqrt(term * term - logarithm / 0.147) - term)))


def _outliers(blocks: Blocks, trend: Floats) -> tuple[float, float, int, float, float, float]:
    """Compare single values with the upper tail of the run's own noise."""
    n = len(blocks.independent)
    values = blocks.independent[n - blocks.group * len(trend) :].reshape(len(trend), blocks.group)
    every = max(1, blocks.group * len(trend) // SAMPLED)
    sample = (values[:, ::every] / trend[:, None]).ravel()
    highest = values.max(axis=1) / trend
    q05, q25, q50, q75, q95, q99 = quantiles(sample, (0.05, 0.25, 0.5, 0.75, 0.95, 0.99))
    ratio = float(highest.max() / q95)
    expected = np.log(max(q99 / q95, 1.02)) * np.log(max(0.05 * n, 5.0)) / np.log(5.0)
    fence = q75 * (q75 / max(q25, 1e-12)) ** 3  # Tukey's outer fence, on logarithms
    return (
        ratio,
        float(np.log(ratio) / expected),
        int((highest > 4 * q95).sum()),
        float((sample > fence).mean()),
        float(np.log(q50 / max(q05, TINY))),
        float(np.log(q95 / max(q50, TINY))),
    )
