"""The picture of a curve."""

from __future__ import annotations

import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from diagnostics.log.model import Series, Unit
from diagnostics.loss.judge import judge
from diagnostics.loss.plot import HEIGHT, WIDTH, draw
from diagnostics.loss.theme import ThemeName
from tests.diagnostics.loss import curves

LEVELS = {
    "healthy": curves.guide_good(),
    "plateau": curves.plateau(),
    "flat": curves.flat(),
    "collapse": curves.collapse(),
    "jumpy": curves.jumpy(),
}


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", LEVELS)
def test_every_pattern_in_both_themes(name: str, theme: ThemeName) -> None:
    run = curves.series(LEVELS[name])
    assert size(draw(run, judge(run, curves.QWEN), curves.QWEN, theme)) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "values", [[], [0.1], [0.1, 0.1, 0.1], [np.nan] * 4, [0.0] * 5, [1e300, 1e-300] * 20, [-1.0] * 9]
)
def test_odd_values(values: list[float]) -> None:
    run = Series(np.arange(len(values)), np.array(values, np.float64), Unit.RAW)
    assert size(draw(run, judge(run))) == (WIDTH, HEIGHT)


def test_drawing_in_threads() -> None:
    run = curves.series(curves.jumpy())
    verdict = judge(run)
    alone = draw(run, verdict)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: draw(run, verdict), range(8))) == {alone}


def test_the_picture_shows_the_verdict() -> None:
    run = curves.series(curves.plateau())
    verdict = judge(run, curves.QWEN)
    assert draw(run, verdict) != draw(run, replace(verdict, plateau_step=None))


def test_judging_loads_no_matplotlib() -> None:
    code = "import sys, diagnostics.loss; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("first", "side"), [(4, "left"), (50, "right")])
def test_the_note_on_nan_stands_where_there_is_room(first: int, side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    sides: list[str] = []
    written = Axes.text

    def note(self: Axes, *args: Any, **keywords: Any) -> Any:
        sides.append(keywords["ha"])
        return written(self, *args, **keywords)

    monkeypatch.setattr(Axes, "text", note)
    values = np.full(60, 0.13)
    values[first - 1 :] = np.nan
    run = Series(np.arange(1, 61), values, Unit.RAW)
    draw(run, judge(run))
    assert sides == [side]
