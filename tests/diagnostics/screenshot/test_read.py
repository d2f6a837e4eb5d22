import io
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.chart_styles import Look, Screenshot, render
from diagnostics.loss.judge import judge
from diagnostics.loss.model import Pattern
from diagnostics.screenshot import read_chart
from knowledge.model import Knowledge
from tests.diagnostics.pictures.files import scene
from tests.diagnostics.screenshot.charts import SIZE, chart, falling, pixels, shots

MONO = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
SAMPLES = sorted((Path(matplotlib.get_data_path()) / "sample_data").glob("*.[jp][pn]g"))


@pytest.mark.parametrize("shot", shots(), ids=lambda shot: f"{shot.look.style}-{shot.look.theme}-{shot.look.kind}")
def test_a_chart_of_every_style_gives_the_curve_back(shot: Screenshot, knowledge: Knowledge) -> None:
    reading = read_chart("chart", pixels(shot.data), knowledge.screenshots)
    assert reading is not None
    assert reading.complete
    x, y = reading.axes.x, reading.axes.y
    assert x is not None
    assert y is not None
    assert x.values(np.array([shot.left, shot.right])) == pytest.approx(shot.x, abs=0.02 * (shot.x[1] - shot.x[0]))
    truth = np.log(shot.y) if shot.log else np.array(shot.y)
    edges = y.values(np.array([shot.bottom, shot.top]))
    edges = np.log(edges) if shot.log else edges
    assert edges == pytest.approx(truth, abs=0.02 * (truth[1] - truth[0]))
    assert judge(reading.series, also=reading.also).pattern is Pattern.HEALTHY


def test_the_line_as_logged_is_read_and_not_the_smoothed_one_over_it(knowledge: Knowledge) -> None:
    both = [
        reading
        for seed in range(6)
        if (reading := read_chart("chart", pixels(chart("tensorboard", seed=seed).data), knowledge.screenshots))
        and reading.smoothed
    ]
    assert both
    for reading in both:
        middle = reading.series.loss[len(reading.series.loss) // 2 :]
        assert np.std(np.log(middle)) > 0.06


def test_without_its_numbers_a_chart_still_has_its_shape(knowledge: Knowledge) -> None:
    shot = render(falling(), Look("matplotlib", "light", SIZE, "PNG"), 5)
    area = pixels(shot.data).copy()
    area[: int(shot.bottom) + 2, : int(shot.left) - 1] = 255
    area[int(shot.bottom) + 2 :] = 255
    for level in np.linspace(shot.top, shot.bottom, 6)[1:-1]:
        area[int(level), int(shot.left) : int(shot.right)] = np.minimum(
            area[int(level), int(shot.left) : int(shot.right)], 200
        )
    reading = read_chart("chart", area, knowledge.screenshots)
    assert reading is not None
    assert reading.axes.x is None
    assert reading.axes.y is None
    assert reading.series.loss.max() == pytest.approx(1.0)
    assert reading.series.loss[-1] < 0.5 * reading.series.loss[0]


def test_a_learning_rate_is_no_loss(knowledge: Knowledge) -> None:
    steps = np.arange(1, 401) * 10
    rate = 1e-4 * (1 + np.cos(np.pi * np.linspace(0, 1, 400))) / 2 + 1e-6
    shot = render(replace(falling(), steps=steps, loss=rate), Look("tensorboard", "light", SIZE, "PNG"), 2)
    reading = read_chart("lr", pixels(shot.data), knowledge.screenshots)
    assert reading is None or reading.axes.y is None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_photos_and_drawings_that_matplotlib_ships_are_no_charts(path: Path, knowledge: Knowledge) -> None:
    with Image.open(path) as image:
        assert read_chart(path.name, np.asarray(image.convert("RGB")), knowledge.screenshots) is None


@pytest.mark.parametrize("seed", range(4))
def test_generated_scenes_are_no_charts(seed: int, knowledge: Knowledge) -> None:
    assert read_chart("scene", np.asarray(scene(seed, (640, 480))), knowledge.screenshots) is None


def page(lines: list[tuple[str, str]], back: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = Image.new("RGB", (800, 500), back)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(str(MONO), 14)
    for number, (text, colour) in enumerate(lines):
        draw.text((12, 10 + 20 * number), text, fill=colour, font=font)
    return np.asarray(image)


def test_a_terminal_full_of_losses_is_no_chart(knowledge: Knowledge) -> None:
    lines = [
        (f"steps: {n}% |{'#' * 40}| {n * 10}/1000 [00:{n:02d}<01:00, 1.2it/s, avr_loss=0.{n + 10}]", "#4ec94e")
        for n in range(24)
    ]
    assert read_chart("terminal", page(lines, "#101010"), knowledge.screenshots) is None


def test_a_table_of_numbers_is_no_chart(knowledge: Knowledge) -> None:
    image = Image.fromarray(page([(f"   {n}      0.{n}5      {n * 100}", "black") for n in range(24)], "white"))
    draw = ImageDraw.Draw(image)
    for n in range(25):
        draw.line((4, 7 + 20 * n, 780, 7 + 20 * n), fill="black")
    for x in (4, 90, 200, 340, 780):
        draw.line((x, 7, x, 487), fill="black")
    assert read_chart("table", np.asarray(image), knowledge.screenshots) is None


def test_a_progress_bar_with_numbers_is_no_chart(knowledge: Knowledge) -> None:
    image = Image.fromarray(page([("0     25     50     75     100", "black")], "white"))
    ImageDraw.Draw(image).rectangle((10, 60, 700, 90), fill="#1f77b4")
    assert read_chart("bar", np.asarray(image), knowledge.screenshots) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (110, 160, 3), (400, 100, 3), (200, 4000, 3)])
def test_pictures_of_any_shape_are_survived(shape: tuple[int, ...], knowledge: Knowledge) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for picture in (np.zeros(shape, np.uint8), noise, np.where(noise > 250, noise, 0).astype(np.uint8)):
        assert read_chart("odd", picture, knowledge.screenshots) is None


def test_more_pixels_than_are_looked_at_are_left_alone(knowledge: Knowledge) -> None:
    sizes = knowledge.screenshots.sizes.model_copy(update={"most_pixels": 1000})
    how = knowledge.screenshots.model_copy(update={"sizes": sizes})
    assert read_chart("chart", pixels(chart().data), how) is None


def test_a_chart_on_a_large_screen_is_halved_first(knowledge: Knowledge) -> None:
    with Image.open(io.BytesIO(chart().data)) as image:
        large = image.convert("RGB").resize((1280, 800), Image.Resampling.LANCZOS)
    sizes = knowledge.screenshots.sizes.model_copy(update={"halved_from": 1_000_000})
    how = knowledge.screenshots.model_copy(update={"sizes": sizes})
    reading = read_chart("chart", np.asarray(large), how)
    assert reading is not None
    assert len(reading.series.loss) < 400
