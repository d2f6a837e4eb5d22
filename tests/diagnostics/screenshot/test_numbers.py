from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from benchmarks.fit_glyphs import UNSEEN, font_files
from diagnostics.screenshot.numbers import parse, read_label
from diagnostics.screenshot.text import Box, words

FONTS = font_files(UNSEEN)
LABELS = ("0", "0.25", "0.15", "1.5k", "12k", "1,250", "3400", "0.0875", "6", "1e-3", "200", "0.9")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.15", 0.15),
        ("1,250", 1250),
        ("2.5k", 2500),
        ("1e-3", 0.001),
        ("15%", 0.15),
        ("-3", -3),
        (".5", 0.5),
        ("7-", 7),
        ("0,45", 0.45),
        ("4x", 4000),
    ],
)
def test_tick_labels_are_numbers(text: str, value: float) -> None:
    assert parse(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "k", "1.2.3", "-", "e5", "1e", "1,2,3", "%"])
def test_other_texts_are_none(text: str) -> None:
    assert parse(text) is None


@given(st.text(alphabet="0123456789.,-+ekKM%x~", max_size=14))
def test_any_text_that_characters_can_make_is_parsed_or_refused(text: str) -> None:
    value = parse(text)
    assert value is None or isinstance(value, float)


@pytest.mark.skipif(not FONTS, reason="none of the fonts that the reader never saw is installed")
@pytest.mark.parametrize("size", [12, 16, 24])
def test_labels_are_read_in_fonts_that_the_reader_never_saw(size: int) -> None:
    read = [value_of(path, text, size) == pytest.approx(parse(text)) for path in FONTS for text in LABELS]
    assert np.mean(read) >= 0.85


def value_of(font: Path, text: str, size: int) -> float | None:
    image = Image.new("L", (int(8 * size), 3 * size), 0)
    ImageDraw.Draw(image).text((10, 8), text, fill=200, font=ImageFont.truetype(str(font), size))
    strength = np.asarray(image, np.float32)
    found = list(words(strength > 44, strength, Box(0, image.width - 1, 0, image.height - 1)))
    label = read_label(found[0], 0.15) if len(found) == 1 else None
    return label.value if label else None


def test_powers_of_ten_are_told_by_their_place() -> None:
    image = Image.new("L", (120, 60), 0)
    draw, font = ImageDraw.Draw(image), FONTS[0] if FONTS else None
    if font is None:
        pytest.skip("none of the fonts that the reader never saw is installed")
    draw.text((10, 20), "10", fill=220, font=ImageFont.truetype(str(font), 24))
    draw.text(
        (10 + ImageFont.truetype(str(font), 24).getlength("10") + 1, 14),
        "-2",
        fill=220,
        font=ImageFont.truetype(str(font), 17),
    )
    strength = np.asarray(image, np.float32)
    (word,) = words(strength > 44, strength, Box(0, 119, 0, 59))
    label = read_label(word, 0.1)
    assert label is not None
    assert label.value == pytest.approx(0.01)
    assert label.power
