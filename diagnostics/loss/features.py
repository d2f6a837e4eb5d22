"""The numbers that a curve is judged by. None depends on the scale of the loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from diagnostics.log.model import Unit
from diagnostics.loss.blocks import Blocks, cut, smoothed
from diagnostics.loss.change import Change, change
from diagnostics.loss.instability import Instability, instability
from diagnostics.loss.order import median
from diagnostics.loss.prepare import TINY, Curve, Floats
from diagnostics.loss.trend import robust_falling

EARLY = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
"""Means of the values of these first shares of the run, against the end."""
SHARES = (0.1, 0.2, 0.3, 0.5, 0.7)
"""Shares of the run at which the level is compared with the end."""
DIGITS, FEATURE_DIGITS = 10, 6
"""Decimals that are kept: far more than a log prints, far fewer than arithmetic garbles."""
LARGEST = 25.0
"""Bound on every feature, so that a value gone wild cannot overflow anything."""


@dataclass(frozen=True)
class Measures:
    """Everything measured on one curve."""

    curve: Curve
    blocks: Blocks
    change: Change
    instability: Instability
    trend: Floats
    """The robust falling trend of the log level, one value a block."""
    features: dict[str, float]
    """Name -> value, finite, within +-LARGEST."""


def measure(curve: Curve) -> Measures:
    """Measure a curve of at least four finite values that are not all the same.

    Everything is measured on the loss over its median and on the run's own share of steps, both rounded, so that
    neither the unit of the loss nor the numbering of the steps can move a verdict by as much as a rounding error.
    """
    scale = median(curve.loss)
    first, span = float(curve.steps[0]), float(curve.steps[-1] - curve.steps[0]) or 1.0
    loss = np.clip(np.round(curve.loss / scale, DIGITS), TINY, None)
    blocks = cut(replace(curve, steps=np.round((curve.steps - first) / span, DIGITS), loss=loss))
    trend = robust_falling(blocks)
    levels = change(blocks, trend)
    signs = instability(blocks, trend)
    raw = {**_amounts(curve, blocks), **_levels(levels, blocks), **_signs(signs), **_shape(blocks, levels)}
    values = np.round(np.clip(np.nan_to_num(list(raw.values())), -LARGEST, LARGEST), FEATURE_DIGITS)
    features = dict(zip(raw, values.tolist(), strict=True))
    return Measures(
        curve,
        blocks.rescaled(scale, first, span),
        levels.rescaled(scale, span),
        signs,
        np.log(scale) + trend,
        features,
    )


def _amounts(curve: Curve, blocks: Blocks) -> dict[str, float]:
    return {
        "values": float(np.log(len(curve.loss))),
        "effective": float(np.log(blocks.effective)),
        "noise": float(np.log(blocks.noise)),
        "smoothing": float(np.log(blocks.smoothing)),
        "counted_in_epochs": float(curve.unit is Unit.EPOCH),
    }


def _levels(levels: Change, blocks: Blocks) -> dict[str, float]:
    return {
        "fall": levels.fall,
        "fall_error": float(np.log(levels.fall_error)),
        "fall_z": levels.fall / levels.fall_error,
        "late_fall": levels.late_fall,
        "late_fall_error": float(np.log(levels.late_fall_error)),
        "late_fall_z": levels.late_fall / levels.late_fall_error,
        "thirds_fall": levels.thirds_fall,
        "thirds_z": levels.thirds_fall / levels.thirds_error,
        "flat": levels.flat,
        "late_flat": levels.late_flat,
        "rising": levels.rising,
        "start_error": float(np.log(max(levels.start_error, 1e-6))),
        "fitted": float(levels.fitted is not None),
        "reached_share": levels.reached / max(blocks.span, 1e-9),
        "bend_gain": levels.bend.gain,
        "bend_height": levels.bend.height,
        "bend_share": float(np.log(levels.bend.share)),
        "slope_gain": levels.bend.slope_gain,
    }


def _signs(signs: Instability) -> dict[str, float]:
    return {
        "wobble": signs.wobble,
        "wobble_test": float(np.log(signs.wobble_test + 1e-3)),
        "run_score": signs.run_score,
        "run_ratio": float(np.log(max(signs.run_ratio, 1e-3))),
        "episodes": float(signs.episodes),
        "asymmetry": float(np.log(signs.asymmetry + 1e-3)),
        "peak_deviations": signs.peak_deviations,
        "peak_ratio": float(np.log(signs.peak_ratio)),
        "outlier_ratio": float(np.log(signs.outlier_ratio)),
        "outlier_excess": signs.outlier_excess,
        "outliers": float(signs.outliers),
        "rate": signs.rate,
        "correlation": signs.correlation,
        "lower_tail": signs.lower_tail,
        "upper_tail": signs.upper_tail,
    }


def _shape(blocks: Blocks, levels: Change) -> dict[str, float]:
    smooth = smoothed(blocks.levels)
    position = (blocks.centres - blocks.steps[0]) / max(blocks.span, 1e-9)
    lowest = int(smooth.argmin())
    shape = {
        "highest": float(smooth.max()) - levels.start,
        "highest_block": float(blocks.levels.max()) - levels.end,
        "highest_at": float(position[int(smooth.argmax())]),
        "risen": levels.end - float(smooth[lowest]),
        "lowest_at": float(position[lowest]),
        "roughness": float(np.log(_roughness(blocks) + 1e-3)),
        "noise_change": _noise_change(blocks),
    }
    for share in SHARES:
        shape[f"level_{share}"] = float(np.interp(share, position, smooth)) - levels.end
    total = np.concatenate([[0.0], np.cumsum(blocks.values)])
    for share in EARLY:
        count = int(np.searchsorted(blocks.steps, blocks.steps[0] + share * blocks.span))
        shape[f"first_{share}"] = float(np.log(total[max(count, 1)] / max(count, 1))) - levels.end
    return shape


def _roughness(blocks: Blocks) -> float:
    """Mean squared standardised second difference of the level; 1 for pure noise, whatever the linear trend."""
    if len(blocks.levels) < 4:
        return 1.0
    errors = blocks.errors
    second = blocks.levels[2:] - 2 * blocks.levels[1:-1] + blocks.levels[:-2]
    variance = errors[2:] ** 2 + 4 * errors[1:-1] ** 2 + errors[:-2] ** 2
    return float(np.mean(second**2 / variance))


def _noise_change(blocks: Blocks) -> float:
    """Logarithm of the relative noise of the second half over that of the first."""
    relative = np.diff(blocks.values / np.exp(np.interp(blocks.steps, blocks.centres, smoothed(blocks.levels))))
    half = len(relative) // 2
    if half < 4:
        return 0.0

    def spread(values: Floats) -> float:
        return float(np.log(np.sqrt(np.mean(values**2)) + 1e-6))

    return spread(relative[half:]) - spread(relative[:half])
