import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.digest.chart import draw
from bot.digest.model import Moved
from diagnostics.loss.theme import THEMES, ThemeName
from diagnostics.trend import Trend
from tests.bot.digest.week import KNOWLEDGE, digest


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_picture_brings_its_own_ground_so_that_it_is_read_in_dark_and_light(theme: ThemeName) -> None:
    data = draw(digest(), KNOWLEDGE, theme)
    assert data is not None
    image = Image.open(io.BytesIO(data)).convert("RGB")
    ground = THEMES[theme].background
    assert image.width == 800
    assert image.getpixel((0, 0)) == tuple(bytes.fromhex(ground[1:]))
    bar = tuple(bytes.fromhex(THEMES[theme].trend[1:]))
    assert sum(pixel == bar for pixel in image.get_flattened_data()) > 2000


@pytest.mark.parametrize(
    "findings",
    [
        (Moved("cuda-oom", 0, 0.0, Trend.STEADY),),
        (Moved("cuda-oom", 1, 0.0, Trend.STEADY),),
        tuple(Moved(f"$no {{such}} rule_{number} $", 10**7, 10.0**7, Trend.RISING) for number in range(6)),
    ],
)
def test_any_digest_can_be_drawn(findings: tuple[Moved, ...]) -> None:
    assert draw(replace(digest(), findings=findings, by_day=(0,) * 7), KNOWLEDGE) is not None


def test_without_a_cause_there_is_nothing_to_draw() -> None:
    assert draw(digest(findings=()), KNOWLEDGE) is None
