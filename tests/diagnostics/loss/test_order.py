"""Order statistics, against numpy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.loss.order import median, quantiles

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50).map(np.array)


@given(VALUES, st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_quantiles(values: np.ndarray[tuple[int], np.dtype[np.float64]], shares: list[float]) -> None:
    assert quantiles(values, shares) == pytest.approx(np.quantile(values, shares).tolist(), abs=1e-6)


@given(VALUES)
def test_median(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    assert median(values) == pytest.approx(float(np.median(values)), abs=1e-6)
