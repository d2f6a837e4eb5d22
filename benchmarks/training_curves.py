"""The samples that the forest is fitted on: generated, purpose-trained and wild curves, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.curve_generator import Floats, Generated, Random, as_logged, generate
from benchmarks.study import study_curves
from diagnostics.log.model import Series
from diagnostics.loss.blocks import cut
from diagnostics.loss.features import measure
from diagnostics.loss.hard import read_off
from diagnostics.loss.labelled import LabelledCurve
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import judging
from diagnostics.loss.prepare import prepare
from diagnostics.loss.views import noisier

VARIANTS = 12
"""Further versions of each purpose-trained curve: its own noise shuffled, logged in other ways."""
WILD_VARIANTS = 4
FEWEST_COPIED = 60


@dataclass(frozen=True)
class Sample:
    """A measured curve."""

    features: dict[str, float]
    pattern: Pattern
    source: str
    """generated | trained | wild."""
    origin: str
    """The curve it was made from: a fold holds all samples of an origin or none."""
    group: str
    variant: bool
    """True for versions made from a curve rather than the curve itself."""


def generated_samples(seeds: range) -> list[Sample]:
    """Return samples of our own generator, by seed."""
    samples: list[Sample] = []
    for seed in seeds:
        samples += _sample(generate(seed), "generated", f"seed-{seed}", "generated", variant=False)
    return samples


def study_samples(seeds: range) -> list[Sample]:
    """Return samples of the study's generator, by seed, and for most a copy as somebody else might have logged it."""
    samples: list[Sample] = []
    for seed, curve in zip(seeds, study_curves(seeds), strict=True):
        samples += _sample(curve, "generated", f"study-{seed}", "study", variant=False)
        copied = _copied(np.random.default_rng([seed, 5]), curve)
        if copied is not None:
            samples += _sample(copied, "generated", f"study-{seed}", "study", variant=True)
    return samples


def trained_samples(curves: list[LabelledCurve], rng: Random) -> Iterator[Sample]:
    """Yield each purpose-trained curve and its variants."""
    for curve in curves:
        logged = Generated(curve.pattern, curve.series.steps, curve.series.loss)
        yield from _sample(logged, "trained", curve.id, curve.group, variant=False)
        for number in range(VARIANTS):
            version = logged if number % 3 == 0 else replace(logged, loss=_shuffled(curve, rng))
            yield from _sample(as_logged(rng, version), "trained", curve.id, curve.group, variant=True)


def wild_samples(curves: list[LabelledCurve], rng: Random) -> Iterator[Sample]:
    """Yield each curve of a public log, and versions that are cut or thinned a little."""
    for curve in curves:
        logged = Generated(curve.pattern, curve.series.steps, curve.series.loss, curve.series.unit)
        yield from _sample(logged, "wild", curve.id, curve.group, variant=False)
        n = len(logged.loss)
        for number in range(WILD_VARIANTS):
            version = replace(logged, loss=logged.loss * np.exp(rng.normal(0, 0.003, n)))
            if n >= 100 and number % 2:
                every = int(rng.integers(2, 4))
                version = replace(version, steps=version.steps[::every], loss=version.loss[::every])
            elif n >= 20:
                end = int(n * rng.uniform(0.85, 1))
                version = replace(version, steps=version.steps[:end], loss=version.loss[:end])
            yield from _sample(version, "wild", curve.id, curve.group, variant=True)


def _copied(rng: Random, curve: Generated) -> Generated | None:
    """The curve thinned, cut at the end or with its own noise once more; None where it is too short to spare values."""
    prepared = prepare(Series(curve.steps, curve.loss, curve.unit))
    n = len(prepared.loss)
    if n < FEWEST_COPIED or n < 0.5 * len(curve.loss):
        return None
    kind, whole = rng.integers(6), replace(curve, steps=prepared.steps.astype(np.int64), loss=prepared.loss)
    if kind < 4:
        every = min(int(rng.integers(2, 6)), n // 20)
        return replace(whole, steps=whole.steps[::every], loss=whole.loss[::every])
    if kind == 4:
        end = int(n * rng.uniform(0.88, 0.99))
        return replace(whole, steps=whole.steps[:end], loss=whole.loss[:end])
    return replace(whole, loss=noisier(prepared, cut(prepared), int(rng.integers(1 << 30))).loss)


def _shuffled(curve: LabelledCurve, rng: Random) -> Floats:
    """The evaluated level with the curve's own noise in another order, moved within half an evaluation interval."""
    steps, level = curve.evaluated
    at = np.exp(np.interp(curve.series.steps, steps, np.log(level)))
    rest = curve.series.loss / at
    width = max(2, int((steps[1] - steps[0]) / 2))
    key = (np.arange(len(rest)) + rng.integers(width)) // width + 0.999 * rng.random(len(rest))
    return np.asarray(at * rest[np.argsort(key)])


def _sample(curve: Generated, source: str, origin: str, group: str, *, variant: bool) -> Iterator[Sample]:
    series = Series(curve.steps, curve.loss, curve.unit)
    prepared = prepare(series)
    if read_off(series, prepared, judging()) is None:
        yield Sample(measure(prepared).features, curve.pattern, source, origin, group, variant)
