import math

import pytest

from diagnostics.trend import Trend, _tail, trend


@pytest.mark.parametrize(
    ("now", "before", "wanted"),
    [
        (0, 0, Trend.STEADY),
        (3, 8, Trend.STEADY),
        (1, 0, Trend.STEADY),
        (2, 0, Trend.RISING),
        (10, 12, Trend.RISING),
        (0, 30, Trend.FALLING),
        (1000, 2000, Trend.RISING),
        (500, 2000, Trend.STEADY),
    ],
)
def test_a_week_against_the_four_before(now: int, before: int, wanted: Trend) -> None:
    assert trend(now, before, 1 / 5, 0.05) is wanted


def test_the_approximation_agrees_with_the_sum_where_they_meet() -> None:
    exact = math.fsum(math.comb(401, k) * 0.2**k * 0.8 ** (401 - k) for k in range(95, 402))
    assert _tail(95, 401, 0.2) == pytest.approx(exact, abs=0.003)
