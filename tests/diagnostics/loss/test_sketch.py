import numpy as np
import pytest

from diagnostics.log.model import Series, Unit
from diagnostics.loss.judge import judge
from diagnostics.loss.sketch import sketch


def series(loss: np.ndarray, unit: Unit = Unit.RAW) -> Series:
    return Series(np.arange(1, len(loss) + 1), loss, unit)


def falling(count: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    return (0.3 * np.exp(-np.arange(count) / count) + 0.1) * rng.lognormal(0, 0.1, count)


def test_a_long_curve_is_thinned_with_its_extremes_and_has_a_level() -> None:
    loss = falling(20_000)
    loss[7000] = 5.0
    drawn = sketch(series(loss), judge(series(loss), None))
    assert drawn is not None
    assert len(drawn.steps) == len(drawn.loss) <= 600
    assert max(drawn.loss) == 5.0
    assert len(drawn.level_steps) == len(drawn.level) == len(drawn.low) == len(drawn.high) > 0
    assert all(low <= level <= high for low, level, high in zip(drawn.low, drawn.level, drawn.high, strict=True))


def test_what_the_verdict_rests_on_is_marked() -> None:
    loss = np.concatenate([falling(800), np.full(50, np.nan)])
    drawn = sketch(series(loss), judge(series(loss), None))
    assert drawn is not None
    (mark,) = [each for each in drawn.marks if "not finite" in each.says]
    assert mark.first == mark.last == 801


@pytest.mark.parametrize("loss", [np.full(3, 0.5), np.full(100, 0.5), np.array([0.1])])
def test_what_cannot_be_measured_is_points_alone(loss: np.ndarray) -> None:
    drawn = sketch(series(loss, Unit.EPOCH), judge(series(loss), None))
    assert drawn is not None
    assert (drawn.unit, drawn.level) == ("epoch", ())


def test_nothing_finite_is_nothing_to_draw() -> None:
    nothing = series(np.full(9, np.nan))
    assert sketch(nothing, judge(nothing, None)) is None
