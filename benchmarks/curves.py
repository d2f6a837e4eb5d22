"""Figures of the loss-curve verdicts: ``python -m benchmarks.curves``.

Curves of the study's generator with its testing seeds, which no fit saw; how many verdicts change to another pattern
when a curve is thinned, cut, lengthened or made noisier; and the time that a verdict and a picture take. Figures on the
purpose-trained and wild curves come from the cross-validation of ``benchmarks.fit_curves``: the shipped forest was
fitted on those, so that judging them again proves nothing.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.curve_generator import Random
from benchmarks.fit_curves import CURVES
from benchmarks.study import TEST_SEEDS, study_curves
from diagnostics.log.model import Series, Unit
from diagnostics.loss.blocks import cut, smoothed
from diagnostics.loss.evaluate import Judged, score
from diagnostics.loss.hard import read_off
from diagnostics.loss.judge import judge
from diagnostics.loss.labelled import LabelledCurve, read_curves
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import judging
from diagnostics.loss.plot import draw
from diagnostics.loss.prepare import prepare

REPEATS = 15
FEWEST_VALUES = 24
SURE = 0.9


def generated() -> None:
    """Score the study's generated curves."""
    judged = []
    for number, made in enumerate(study_curves(TEST_SEEDS)):
        series = Series(made.steps, made.loss, made.unit)
        judged.append(Judged(LabelledCurve.of(str(number), series, made.pattern, "generated"), judge(series)))
    print("generated", json.dumps(score(judged).to_dict()))


def invariance() -> None:
    """Count the pairs of a curve and a changed copy whose verdicts are two different patterns."""
    rng = np.random.default_rng(0)
    runs = [("generated", Series(made.steps, made.loss, made.unit)) for made in study_curves(TEST_SEEDS)]
    if CURVES.exists():
        runs += [(curve.source, replace(curve.series, learning_rate=None)) for curve in read_curves(CURVES)]
    pairs: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    for source, run in runs:
        prepared = prepare(run)
        if len(prepared.loss) < FEWEST_VALUES or read_off(run, prepared, judging()) is not None:
            continue
        before = judge(run)
        for change in (_thinned, _noisier, _cut, _lengthened):
            after = judge(change(run, rng))
            pairs[source] += 1
            if len({before.pattern, after.pattern, Pattern.INSUFFICIENT}) == 3:
                moved[source] += 1
                sure[source] += min(before.confidence, after.confidence) >= SURE
    for source, count in pairs.items():
        print(f"{source}: of {count:,} pairs {moved[source]} change to another pattern, {sure[source]} of them surely")


def _thinned(run: Series, rng: Random) -> Series:
    return _taken(run, slice(None, None, int(rng.integers(2, 6))))


def _cut(run: Series, rng: Random) -> Series:
    return _taken(run, slice(0, int(len(run.loss) * rng.uniform(0.9, 0.995))))


def _noisier(run: Series, rng: Random) -> Series:
    blocks = cut(prepare(run))
    relative = blocks.values / np.exp(np.interp(blocks.steps, blocks.centres, smoothed(blocks.levels)))
    again = rng.choice(relative, len(run.loss))
    return replace(run, loss=run.loss * (again / again.mean()))


def _lengthened(run: Series, rng: Random) -> Series:
    count = max(1, int(rng.uniform(0.005, 0.05) * len(run.loss)))
    apart = max(1, int(np.median(np.diff(run.steps))))
    more = run.steps.max() + apart * np.arange(1, count + 1)
    tail = rng.choice(run.loss[-max(8, len(run.loss) // 10) :], count)
    return replace(run, steps=np.concatenate([run.steps, more]), loss=np.concatenate([run.loss, tail]))


def _taken(run: Series, kept: slice) -> Series:
    return replace(run, steps=run.steps[kept], loss=run.loss[kept])


def speed() -> None:
    """Time verdicts and pictures."""
    rng = np.random.default_rng(0)
    for count in (300, 3_000, 100_000):
        series = Series(np.arange(count), 0.1 * rng.lognormal(0, 0.5, count), Unit.RAW)
        verdict = judge(series)
        judging = _milliseconds(partial(judge, series))
        drawing = _milliseconds(partial(draw, series, verdict))
        print(f"{count:,} values: verdict {judging:.1f} ms, picture {drawing:.0f} ms")


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    speed()
    generated()
    invariance()
