"""Figures of the loss-curve verdicts: ``python -m benchmarks.curves``.

Curves of the study's generator with its testing seeds, which no fit saw; and the time that a verdict and a picture
take. Figures on the purpose-trained and wild curves come from the cross-validation of ``benchmarks.fit_curves``: the
shipped forest was fitted on those, so that judging them again proves nothing.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.study import TEST_SEEDS, study_curves
from diagnostics.log.model import Series, Unit
from diagnostics.loss import judge
from diagnostics.loss.evaluate import Judged, score
from diagnostics.loss.labelled import LabelledCurve
from diagnostics.loss.plot import draw

REPEATS = 15


def generated() -> None:
    """Score the study's generated curves."""
    judged = []
    for number, made in enumerate(study_curves(TEST_SEEDS)):
        series = Series(made.steps, made.loss, made.unit)
        judged.append(Judged(LabelledCurve.of(str(number), series, made.pattern, "generated"), judge(series)))
    print("generated", json.dumps(score(judged).to_dict()))


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
