"""The forest of boosted trees."""

from __future__ import annotations

import numpy as np
import pytest

from diagnostics.loss.features import measure
from diagnostics.loss.forest import Forest, fitted_forest
from diagnostics.loss.model import Pattern
from diagnostics.loss.prepare import prepare
from tests.diagnostics.loss import curves

SMALL = Forest(
    names=("a", "b"),
    classes=(Pattern.HEALTHY, Pattern.SPIKES),
    prior=np.array([0.5, -0.5]),
    features=np.array([[0, 1, 1], [1, 0, 0]]),
    thresholds=np.array([[0.0, 1.0, -1.0], [0.0, np.inf, 2.0]]),
    leaves=np.array([[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]]),
)


@pytest.mark.parametrize(
    ("a", "b", "first", "second"),
    [(-1, 0, 1, 10), (-1, 2, 2, 30), (1, -2, 3, 10), (1, 0, 4, 10), (3, 5, 4, 40), (0, 0, 1, 10)],
)
def test_scores(a: float, b: float, first: float, second: float) -> None:
    assert SMALL.scores({"a": a, "b": b}).tolist() == [0.5 + first, -0.5 + second]


def test_a_missing_feature_is_an_error() -> None:
    with pytest.raises(KeyError):
        SMALL.scores({"a": 1.0})


def test_the_shipped_forest_asks_for_what_is_measured() -> None:
    forest = fitted_forest()
    features = measure(prepare(curves.series(curves.healthy()))).features
    assert forest.names == tuple(features)
    assert set(forest.classes) == set(Pattern)
    assert len(forest.features) % len(forest.classes) == 0
    assert np.isfinite(forest.scores(features)).all()
