import io
from datetime import date

import pytest
from PIL import Image

from bot.chart import Bar, draw
from diagnostics.loss.theme import THEMES, ThemeName
from knowledge.load import load_knowledge

WORDS = load_knowledge().chat.stats.chart
FIRST = date(2026, 7, 27)
BARS = (Bar("Out of memory", 14, 6.5), Bar("Plastic skin", 3, 3.0), Bar("Loss sits still", 1, 8.0))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_picture_brings_its_own_ground_so_that_it_is_read_in_dark_and_light(theme: ThemeName) -> None:
    data = draw(BARS, (1, 3, 2, 0, 4, 5, 3), FIRST, WORDS, theme)
    assert data is not None
    image = Image.open(io.BytesIO(data)).convert("RGB")
    ground = THEMES[theme].background
    assert image.width == 800
    assert image.getpixel((0, 0)) == tuple(bytes.fromhex(ground[1:]))
    bar = tuple(bytes.fromhex(THEMES[theme].trend[1:]))
    assert sum(pixel == bar for pixel in image.get_flattened_data()) > 2000


@pytest.mark.parametrize(
    "bars",
    [
        (Bar("Out of memory", 0, 0.0),),
        (Bar("Out of memory", 1, 0.0),),
        tuple(Bar(f"$no {{such}} rule_{number} $", 10**7, 10.0**7) for number in range(6)),
    ],
)
@pytest.mark.parametrize("days", [1, 7, 365])
def test_any_counts_can_be_drawn(bars: tuple[Bar, ...], days: int) -> None:
    assert draw(bars, (0,) * days, FIRST, WORDS) is not None


def test_without_a_cause_there_is_nothing_to_draw() -> None:
    assert draw((), (0,) * 7, FIRST, WORDS) is None
