"""What must not change a verdict: it stays, becomes insufficient, or one of the two was not sure of itself.

How often the less sure ones change is counted by `python -m benchmarks.curves`.
"""

from __future__ import annotations

from dataclasses import replace

import hypothesis
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.log.model import Series
from diagnostics.loss.blocks import cut, smoothed
from diagnostics.loss.judge import judge
from diagnostics.loss.model import CurveVerdict, Pattern
from diagnostics.loss.prepare import prepare
from tests.diagnostics.loss import curves

LEVELS = {
    Pattern.HEALTHY: curves.healthy(),
    Pattern.PLATEAU: np.interp(np.arange(3000.0), [0, 400], [0.15, 0.111]),
    Pattern.NO_DECREASE: curves.flat(),
    Pattern.TOO_FAST: curves.collapse(),
    Pattern.SPIKES: curves.jumpy(),
}
runs = st.builds(
    lambda pattern, noise, seed: curves.series(LEVELS[pattern], noise, seed),
    st.sampled_from(list(LEVELS)),
    st.floats(0.05, 0.5),
    st.integers(0, 10_000),
)
SURE = 0.85
examples = settings(max_examples=60, deadline=None, derandomize=True)


def steady(before: CurveVerdict, after: CurveVerdict) -> bool:
    hypothesis.assume(before.pattern is not Pattern.INSUFFICIENT and before.confidence >= SURE)
    return after.pattern in (before.pattern, Pattern.INSUFFICIENT) or after.confidence < SURE


@examples
@given(runs, st.floats(1e-4, 1e4))
def test_scale(run: Series, factor: float) -> None:
    before, after = judge(run), judge(replace(run, loss=run.loss * factor))
    assert before.pattern is after.pattern
    assert after.confidence == before.confidence


@examples
@given(runs, st.integers(1, 50), st.integers(0, 3))
def test_relabelled_steps(run: Series, factor: int, offset: int) -> None:
    before, after = judge(run), judge(replace(run, steps=run.steps * factor + offset))
    assert (before.pattern, before.confidence) == (after.pattern, after.confidence)


@examples
@given(runs, st.integers(2, 5))
def test_thinned(run: Series, every: int) -> None:
    assert steady(judge(run), judge(replace(run, steps=run.steps[::every], loss=run.loss[::every])))


@examples
@given(runs, st.integers(0, 100))
def test_its_own_noise_once_more(run: Series, seed: int) -> None:
    blocks = cut(prepare(run))
    relative = blocks.values / np.exp(np.interp(blocks.steps, blocks.centres, smoothed(blocks.levels)))
    again = np.random.default_rng(seed).choice(np.clip(relative, None, np.quantile(relative, 0.98)), len(run.loss))
    assert steady(judge(run), judge(replace(run, loss=run.loss * again / again.mean())))


@examples
@given(runs, st.integers(1, 60))
def test_a_tail_pasted_once_more(run: Series, count: int) -> None:
    twice = replace(
        run, steps=np.concatenate([run.steps, run.steps[-count:]]), loss=np.concatenate([run.loss, run.loss[-count:]])
    )
    before, after = judge(run), judge(twice)
    assert (before.pattern, before.confidence) == (after.pattern, after.confidence)


@examples
@given(runs, st.integers(1, 300))
def test_cut_at_the_end(run: Series, count: int) -> None:
    assert steady(judge(run), judge(replace(run, steps=run.steps[:-count], loss=run.loss[:-count])))


@examples
@given(runs, st.integers(0, 1000))
def test_a_little_more_of_the_same(run: Series, seed: int) -> None:
    more = np.random.default_rng(seed).choice(run.loss[-300:], 60)
    steps = np.concatenate([run.steps, run.steps[-1] + np.arange(1, 61)])
    assert steady(judge(run), judge(replace(run, steps=steps, loss=np.concatenate([run.loss, more]))))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), max_size=80),
    st.lists(st.integers(-5, 10_000), max_size=80),
    st.booleans(),
)
def test_any_values_give_a_verdict(loss: list[float], steps: list[int], hidden: bool) -> None:
    count = min(len(loss), len(steps))
    run = replace(curves.series(curves.flat(10)), steps=np.array(steps[:count], np.int64), loss=np.array(loss[:count]))
    verdict = judge(replace(run, hidden_nan=hidden))
    assert 0 <= verdict.confidence <= 1
    assert verdict.points == count
    assert verdict.reason
