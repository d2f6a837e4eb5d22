"""Loss curves from a model of diffusion training: a level for each pattern, times timestep noise, as trainers log it.

A step averages the losses of its batch; each sample draws a timestep, whose share of the loss depends on the objective
(steep for noise prediction, shallow for flow matching, nearly flat with min-SNR weighting), and a heavy-tailed rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diagnostics.log.model import Unit
from diagnostics.loss.model import Pattern

Floats = NDArray[np.float64]
Random = np.random.Generator

SHARES = {
    Pattern.HEALTHY: 0.24,
    Pattern.PLATEAU: 0.14,
    Pattern.SPIKES: 0.16,
    Pattern.NO_DECREASE: 0.14,
    Pattern.TOO_FAST: 0.12,
    Pattern.DIVERGED: 0.12,
    Pattern.INSUFFICIENT: 0.08,
}
FAST_RATIO, FAST_STEPS = 0.25, 180
"""A fall to below this share of the start within so many steps is too fast."""


@dataclass(frozen=True)
class Generated:
    """A curve as logged."""

    pattern: Pattern
    steps: NDArray[np.int64]
    loss: Floats
    unit: Unit = Unit.RAW


def generate(seed: int, pattern: Pattern | None = None) -> Generated:
    """Return the curve of a seed; the pattern is drawn by `SHARES` unless given."""
    rng = np.random.default_rng([seed, 77])
    if pattern is None:
        pattern = list(SHARES)[rng.choice(len(SHARES), p=list(SHARES.values()))]
    length = int(np.exp(rng.uniform(np.log(300), np.log(20_000))))
    if pattern is Pattern.TOO_FAST:
        length = max(length, 600)
    if pattern is Pattern.HEALTHY:
        length = max(length, 400)
    level = level_of(rng, pattern, length) * float(np.exp(rng.uniform(np.log(0.03), np.log(1.0))))
    loss = level * noise(rng, length)
    curve = Generated(pattern, np.arange(1, length + 1), loss)
    coarsest = _reached(level) // 4 if pattern is Pattern.TOO_FAST else length
    if pattern is Pattern.INSUFFICIENT:
        return _snippet(rng, as_logged(rng, curve))
    return _damage(rng, as_logged(rng, curve, coarsest))


def level_of(rng: Random, pattern: Pattern, length: int) -> Floats:
    """Return the noise-free level, 1 at the start."""
    share = np.linspace(0, 1, length)
    steps = np.arange(length, dtype=np.float64)
    match pattern:
        case Pattern.HEALTHY:
            return _healthy(rng, share)
        case Pattern.PLATEAU:
            drop, onset = rng.uniform(0.09, 0.38), rng.uniform(0.02, 0.33)
            done = np.minimum(share / onset, 1) if rng.random() < 0.25 else 1 - np.exp(-3 * share / min(onset, 0.28))
            return np.asarray((1 - drop * done) * np.exp(-rng.uniform(0, 0.02) * share))
        case Pattern.TOO_FAST:
            time, floor = min(rng.uniform(15, 300), 0.25 * length), rng.uniform(0.02, 0.20)
            level = floor + (1 - floor) * np.exp(-3 * steps / time)
            return np.asarray(level * np.exp(rng.uniform(-0.3, 0.1) * share))
        case Pattern.SPIKES:
            calm = (Pattern.HEALTHY, Pattern.NO_DECREASE, Pattern.PLATEAU)[rng.choice(3, p=[0.5, 0.3, 0.2])]
            return level_of(rng, calm, length) * np.exp(unrest(rng, length))
        case Pattern.DIVERGED:
            return _diverging(rng, share)
        case _:
            return np.asarray(np.exp(-rng.normal(0, 0.012) * share))


def noise(rng: Random, length: int) -> Floats:
    """Return timestep noise of mean 1."""
    batch = int(rng.choice([1, 1, 1, 2, 4, 8, 16]))
    kind = rng.choice(3, p=[0.45, 0.40, 0.15])
    if kind == 0:
        steep, power = rng.uniform(1.5, 5.2), rng.uniform(0.6, 1.6)
        weights = -steep * rng.random(length * batch) ** power
    elif kind == 1:
        depth, middle = rng.uniform(0.15, 1.1), rng.uniform(0.3, 0.7)
        times = rng.random(length * batch)
        if rng.random() < 0.6:
            times = 1 / (1 + np.exp(-rng.standard_normal(length * batch)))
        weights = depth * ((times - middle) / 0.5) ** 2
    else:
        weights = rng.uniform(0.05, 0.5) * np.sin(3 * rng.random(length * batch))
    tails = np.clip(rng.standard_t(rng.choice([3, 6, 50]), length * batch), -6, 6)
    values = np.exp(weights + rng.uniform(0.03, 0.4) * tails).reshape(length, batch).mean(axis=1)
    return np.asarray(values / values.mean())


def unrest(rng: Random, length: int) -> Floats:
    """Return the log level of an unstable run: bursts with recovery, a wandering level, shifted stretches, or a mix."""
    kind = rng.choice(["bursts", "wander", "shifts", "mix"])
    level = np.zeros(length)
    if kind in ("bursts", "mix"):
        for _ in range(rng.integers(3, 14)):
            start, width = int(rng.integers(int(0.03 * length), length)), max(3, int(rng.uniform(0.003, 0.03) * length))
            age = np.arange(length - start)
            level[start:] += np.log(rng.uniform(2, 15)) * np.exp(-age / width) * (age < 8 * width)
    if kind in ("wander", "mix"):
        memory = 1 - 1 / max(4.0, rng.uniform(0.005, 0.04) * length)
        shocks = rng.standard_normal(length) * rng.uniform(0.3, 0.8) * np.sqrt(1 - memory**2)
        value = 0.0
        for index, shock in enumerate(shocks.tolist()):
            value = memory * value + shock
            level[index] += value
    if kind == "shifts":
        for _ in range(rng.integers(3, 8)):
            start = int(rng.uniform(0.05, 1) * length)
            level[start : start + int(rng.uniform(0.03, 0.12) * length)] += np.log(rng.uniform(1.6, 5))
    return level


def as_logged(rng: Random, curve: Generated, coarsest: int | None = None) -> Generated:
    """Return a curve as a trainer would log it: raw, moving average, exponential, window means, every k-th, epochs.

    `coarsest` bounds the steps between values: a log too coarse to show a collapse does not show one.
    """
    loss, steps, n = curve.loss, curve.steps, len(curve.loss)
    coarsest = max(1, coarsest if coarsest is not None else n)
    kind = rng.choice(
        ["raw", "average", "smoothed", "window", "thin", "epochs"], p=[0.32, 0.17, 0.17, 0.17, 0.14, 0.03]
    )
    if kind == "average":
        epoch = int(np.clip(np.exp(rng.uniform(np.log(20), np.log(400))), 2, max(3, n // 4)))
        return replace(curve, loss=moving_average(loss, epoch), unit=Unit.RUNNING_AVERAGE)
    if kind == "smoothed":
        return replace(curve, loss=exponential_average(loss, rng.uniform(0.005, 0.1)), unit=Unit.SMOOTHED)
    if kind == "window":
        width = min(int(rng.choice([5, 10, 20, 50, 100, 250])), max(1, n // int(rng.choice([10, 20, 40]))), coarsest)
        count = n // width
        means = loss[: count * width].reshape(count, width).mean(axis=1)
        return replace(curve, steps=steps[: count * width].reshape(count, width)[:, -1], loss=means)
    if kind == "thin":
        every = min(int(rng.choice([5, 10, 20, 50])), max(1, n // 25), coarsest)
        return replace(curve, steps=steps[::every], loss=loss[::every])
    if kind == "epochs" and coarsest == n:
        epochs = int(rng.integers(10, 100))
        width = max(1, n // epochs)
        means = loss[: n // width * width].reshape(-1, width).mean(axis=1)
        return replace(curve, steps=np.arange(1, len(means) + 1), loss=means, unit=Unit.EPOCH)
    return curve


def moving_average(values: Floats, width: int) -> Floats:
    """Return the mean of the last `width` values at each place, at first of all so far (sd-scripts' avr_loss)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, len(values) + 1)
    start = np.maximum(end - width, 0)
    return np.asarray((total[end] - total[start]) / (end - start))


def exponential_average(values: Floats, rate: float) -> Floats:
    """Return the exponential moving average."""
    smooth, level = np.empty(len(values)), float(values[0])
    for index, value in enumerate(values.tolist()):
        level += rate * (value - level)
        smooth[index] = level
    return smooth


def _healthy(rng: Random, share: Floats) -> Floats:
    while True:
        floor = rng.uniform(0.15, 0.85) if rng.random() < 0.85 else rng.uniform(0.02, 0.2)
        weight = rng.uniform(0.2, 0.8)
        early, late = rng.uniform(0.015, 0.12), rng.uniform(0.25, 0.9)
        fall = weight * np.exp(-share / early) + (1 - weight) * np.exp(-share / late)
        level = floor + (1 - floor) * (fall - fall[-1]) / (fall[0] - fall[-1])
        n = len(level)
        later = 1 - level[-n // 10 :].mean() / level[int(0.3 * n) : n // 2].mean()
        collapsed = floor < FAST_RATIO and _reached(level) < FAST_STEPS
        if later >= 0.06 and level[-n // 10 :].mean() < 0.88 and not collapsed:
            return np.asarray(level)


def _reached(level: Floats) -> int:
    """Steps until four fifths of the fall."""
    return int((level <= level[0] + 0.8 * (level[-1] - level[0])).argmax())


def _diverging(rng: Random, share: Floats) -> Floats:
    """A late climb, or an explosion after which the loss settles no lower than where it began."""
    if rng.random() < 0.6:
        onset = rng.uniform(0.1, 0.85)
        climb = np.clip((share - onset) / rng.uniform(0.03, 0.3), 0, 1)
        return np.asarray(_healthy(rng, share) * np.exp(climb * np.log(rng.uniform(3, 40))))
    onset, height = rng.uniform(0, 0.2), np.exp(rng.uniform(np.log(8), np.log(1e5)))
    after, settled = np.clip(share - onset, 0, None), rng.uniform(0.85, 7.0)
    burst = np.where(share >= onset, np.log(height) * np.exp(-after / rng.uniform(0.005, 0.15)), 0.0)
    rest = np.where(share >= onset, np.log(settled) * (1 - np.exp(-after / 0.02)), 0.0)
    return np.asarray(np.exp(burst + rest + 0.5 * unrest(rng, len(share)) * (after > 0) * (rng.random() < 0.5)))


def _snippet(rng: Random, curve: Generated) -> Generated:
    """A posted head, or a few scattered values."""
    count = min(int(rng.integers(8, 15)), len(curve.loss))
    scattered = rng.random() < 0.4
    kept = np.sort(rng.choice(len(curve.loss), count, replace=False)) if scattered else np.arange(count)
    return replace(curve, steps=curve.steps[kept], loss=curve.loss[kept])


def _damage(rng: Random, curve: Generated) -> Generated:
    """What happens to posted logs: cut at the end, without the very first steps, rounded."""
    steps, loss, n = curve.steps, curve.loss, len(curve.loss)
    if curve.pattern in (Pattern.HEALTHY, Pattern.NO_DECREASE) and rng.random() < 0.15:
        first = int(rng.uniform(0.02, 0.1) * n)
        steps, loss = steps[first:], loss[first:]
    digits = int(rng.choice([3, 4, 6]))
    scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.maximum(loss, 1e-12))))
    return replace(curve, steps=steps, loss=np.round(loss * scale) / scale)
