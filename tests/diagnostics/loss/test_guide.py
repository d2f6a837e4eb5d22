"""The guide's own five curves come out as the guide says, at three levels of noise."""

from __future__ import annotations

import numpy as np
import pytest

from diagnostics.loss.judge import judge
from diagnostics.loss.model import Pattern
from tests.diagnostics.loss import curves

CASES = {
    Pattern.HEALTHY: curves.guide_good(),
    Pattern.PLATEAU: curves.plateau(),
    Pattern.SPIKES: curves.jumpy(),
    Pattern.NO_DECREASE: curves.flat(),
    Pattern.TOO_FAST: curves.collapse(),
}


@pytest.mark.parametrize("noise", [0.1, 0.35, 0.7])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("pattern", CASES)
def test_guide_curve(pattern: Pattern, noise: float, seed: int) -> None:
    verdict = judge(curves.series(CASES[pattern], noise, seed), curves.QWEN)
    assert verdict.pattern is pattern, verdict
    assert verdict.profile_similarity is not None


@pytest.mark.parametrize("pattern", [Pattern.PLATEAU, Pattern.NO_DECREASE])
def test_the_profile_is_the_second_witness(pattern: Pattern) -> None:
    assert not judge(curves.series(CASES[pattern]), curves.QWEN).second_witness_needed


def test_a_flat_loss_alone_needs_a_second_witness() -> None:
    verdict = judge(curves.series(curves.flat()))
    assert verdict.pattern is Pattern.NO_DECREASE
    assert verdict.second_witness_needed
    assert "samples" in verdict.reason


def test_levels_of_another_trainer_are_not_compared() -> None:
    verdict = judge(curves.series(curves.guide_good(), trainer="onetrainer"), curves.QWEN)
    assert verdict.profile_similarity is None


def test_numbers_of_the_good_curve() -> None:
    verdict = judge(curves.series(curves.guide_good(), 0.3), curves.QWEN)
    assert verdict.start == pytest.approx(0.15, rel=0.15)
    assert verdict.end == pytest.approx(0.033, rel=0.15)
    assert verdict.start_interval is not None
    assert verdict.start_interval.low < 0.15 < verdict.start_interval.high
    assert verdict.slope_per_1k is not None
    assert verdict.slope_interval is not None
    assert verdict.slope_interval.low <= verdict.slope_per_1k <= verdict.slope_interval.high < 0
    shares = [share for _, share in verdict.share_of_drop]
    assert shares == sorted(shares)
    assert np.isclose(shares[-1], 1.0, atol=0.05)
