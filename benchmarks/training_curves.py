"""The samples that the forest is fitted on: generated, purpose-trained and wild curves, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.curve_generator import Floats, Generated, Random, as_logged, generate
from benchmarks.study import study_curves
from diagnostics.log.model import Series
from diagnostics.loss.features import measure
from diagnostics.loss.hard import read_off
from diagnostics.loss.labelled import LabelledCurve
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import judging
from diagnostics.loss.prepare import prepare

VARIANTS = 12
"""Further versions of each purpose-trained curve: its own noise shuffled, logged in other ways."""
WILD_VARIANTS = 4


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


def generated_samples(count: int) -> Iterator[Sample]:
    """Yield samples of our own generator, by seed from 0 on."""
    for seed in range(count):
        yield from _sample(generate(seed), "generated", f"seed-{seed}", "generated", variant=False)


def study_samples(count: int) -> Iterator[Sample]:
    """Yield samples of the study's generator, by seed from 0 on."""
    for seed, curve in enumerate(study_curves(range(count))):
        yield from _sample(curve, "generated", f"study-{seed}", "study", variant=False)


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
