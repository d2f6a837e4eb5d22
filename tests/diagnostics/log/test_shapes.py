"""Refreshes read by their shape say what the regular expressions say of each."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.log import LogReader, thinning
from diagnostics.log.model import LogReading, Series
from diagnostics.log.numerals import Numeral
from diagnostics.log.shapes import Shapes
from knowledge.patterns import SignatureSet
from tests.diagnostics.log.logs import document

READER = LogReader(SignatureSet(()))
BAR = "{percent:3d}%|{bar}| {step}/{total} [{clock}<{clock}, {rate:5.2f}"
FORMS = {
    "ai-toolkit": f"my_lora: {BAR}s/it, lr: 1.0e-04 loss: {{loss:.3e}}]",
    "sd-scripts": f"steps: {BAR}it/s, avr_loss={{loss:.3g}}]",
    "onetrainer": f"step: {BAR}s/it, loss={{loss:.3g}}, smooth loss={{loss:.3g}}]",
    "simpletuner": f"Epoch 1/10, Steps: {BAR}s/it, grad_norm={{rate:.3g}}, lr=1e-5, step_loss={{loss:.3g}}]",
    "diffusers": f"Steps: {BAR}s/it, loss={{loss:.4f}}, lr=0.0001]",
    "deepspeed": "steps: {step} loss: {loss:.4f} iter time (s): {rate:.3f} samples/sec: 0.289",
    "plain": "iter: [{step}/{total}], loss: {loss:.5f}, lr: 0.0001",
}


def log(form: str, losses: list[float], first: int = 1) -> str:
    total = max(3000, len(losses))
    return "\r".join(
        form.format(
            percent=100 * step // total,
            bar=("█" * (10 * step // total) + "▏").ljust(10),
            step=step,
            total=total,
            clock=f"{step // 60:02d}:{step % 60:02d}",
            rate=1 + (step % 50) / 10,
            loss=loss,
        )
        for step, loss in enumerate(losses, first)
    )


def columns(series: Series) -> list[object]:
    rest = (series.learning_rate, series.seconds_per_step, series.lines)
    return [series.steps.tolist(), repr(series.loss.tolist()), *(None if c is None else repr(c.tolist()) for c in rest)]


def one_by_one(monkeypatch: pytest.MonkeyPatch, text: str) -> LogReading:
    with monkeypatch.context() as patch:
        patch.setattr(Shapes, "learn", lambda *_: None)
        return READER.read(document(text))


@pytest.mark.parametrize("trainer", sorted(FORMS))
def test_shapes_read_what_the_patterns_read(monkeypatch: pytest.MonkeyPatch, trainer: str) -> None:
    rng = np.random.default_rng(1)
    losses = [*rng.uniform(0.0001, 2, 1500).tolist(), math.nan, math.nan, 1e-7, 12.5]
    text = log(FORMS[trainer], losses)
    by_shape, singly = READER.read(document(text)), one_by_one(monkeypatch, text)
    assert [columns(series) for series in by_shape.series] == [columns(series) for series in singly.series]
    assert (by_shape.trainer, repr(by_shape.facts)) == (singly.trainer, repr(singly.facts))
    assert len(by_shape.series[0].loss) > 1000


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_mixtures_of_layouts_are_read_alike(data: st.DataObject) -> None:
    draw = data.draw
    form = FORMS[draw(st.sampled_from(sorted(FORMS)))]
    parts = []
    for _ in range(draw(st.integers(1, 5))):
        losses = draw(st.lists(st.floats(0, 9, width=32), min_size=1, max_size=30))
        parts += [
            log(form, losses, draw(st.integers(1, 2000))),
            draw(st.sampled_from(["", "epoch 2/10", "saved", "]"])),
        ]
    text = "\n".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        singly = one_by_one(patch, text)
    by_shape = READER.read(document(text))
    assert [columns(series) for series in by_shape.series] == [columns(series) for series in singly.series]


@given(
    st.one_of(
        st.from_regex(r"\A[-+]?\d{1,9}(\.\d{0,6})?(e[-+]?\d{1,2})?\Z").filter(str.isascii),
        st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:.3e}"),
        st.sampled_from(["nan", "inf", "-inf", ".5", "5."]),
    )
)
def test_a_numeral_is_the_nearest_float(text: str) -> None:
    numeral = Numeral.of(text, 3)
    if numeral is None:
        return
    rows = np.frombuffer(b"ab=" + text.encode() + b"]", np.uint8)[None, :]
    np.testing.assert_equal(numeral.read(rows)[0], float(text))
    np.testing.assert_allclose(numeral.estimate(rows)[0], float(text), rtol=1e-12)


class TestThinning:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(thinning, "MOST", 1_000)

    def read(self, losses: list[float]) -> Series:
        (series,) = READER.read(document(log(FORMS["ai-toolkit"], losses))).series
        return series

    def test_a_long_log_is_thinned_evenly_and_says_so(self) -> None:
        losses = np.random.default_rng(2).uniform(0.1, 0.3, 50_000).tolist()
        series = self.read(losses)
        assert series.thinned
        assert series.read == 50_000
        assert 500 <= len(series.loss) <= 2_500
        gaps = np.diff(series.steps)
        assert np.median(gaps) == pytest.approx(50, abs=15)
        assert series.steps[-1] == 50_000

    def test_nan_extremes_and_the_last_refresh_stay(self) -> None:
        losses = [0.2 + 0.0001 * (n % 9) for n in range(40_000)]
        losses[20_001], losses[30_003] = 7.0, 0.001
        losses[35_005:35_010] = [math.nan] * 5
        series = self.read(losses)
        kept = dict(zip(series.steps.tolist(), series.loss.tolist(), strict=True))
        assert kept[20_002] == 7.0
        assert kept[30_004] == 0.001
        assert math.isnan(kept[35_006])
        assert not math.isnan(kept[35_005])
        assert 40_000 in kept

    def test_a_short_log_is_kept_whole(self) -> None:
        series = self.read([0.1] * 900)
        assert not series.thinned
        assert len(series.loss) == series.read == 900
