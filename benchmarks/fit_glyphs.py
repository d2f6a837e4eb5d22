"""Fits the reader of tick labels: ``python -m benchmarks.fit_glyphs`` writes ``diagnostics/screenshot/glyphs.json``.

Characters are rendered in the fonts of `FITTED` (those of them that are installed) at 9 to 34 pixels, shifted by parts
of a pixel, blurred, compressed, and cut out by the very code that cuts them out of screenshots. It is tested on the
fonts of `UNSEEN`, which are those of three of the four styles of ``benchmarks.screenshots``.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from diagnostics.screenshot.glyphs import SHIPPED, SIZE, Network, Vector, features
from diagnostics.screenshot.text import Box, cut, joined

CLASSES = "0123456789.,-+ekKM%x~"
OTHER = "abcdfghnopqrstuvwyzABCDEGHLNPRSTUVW:/()_="
"""No l, I, i, O: in some font they are a 1 or a 0."""
MINUS, TIMES = "-\N{MINUS SIGN}", "x\N{MULTIPLICATION SIGN}"
SYSTEM = Path("/usr/share/fonts/truetype")
FITTED = (
    "DejaVuSans.ttf", "DejaVuSansMono.ttf", "DejaVuSerif.ttf", "DejaVuSans-Bold.ttf", "STIXGeneral.ttf",
    "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationMono-Regular.ttf",
    "LiberationSansNarrow-Regular.ttf", "LiberationSerif-Regular.ttf", "NotoSerif-Regular.ttf", "Lato-Regular.ttf",
    "Manrope-Medium.ttf", "HankenGrotesk-Regular.otf", "RedHatDisplay-Regular.ttf", "HankenGrotesk-Medium.otf",
)  # fmt: skip
UNSEEN = ("Roboto-Regular.ttf", "SourceSansPro-Regular.ttf", "NotoSans-Regular.ttf")
PACKAGES = ("font_roboto", "font_source_sans_pro", "font_lato", "font_manrope", "font_hanken_grotesk", "font_rhd")
HIDDEN = 96
Random = np.random.Generator


def font_files(names: tuple[str, ...]) -> list[Path]:
    """Return the installed files of these names."""
    folders = [Path(matplotlib.get_data_path()) / "fonts" / "ttf", SYSTEM]
    for package in PACKAGES:
        try:
            folders.append(Path(import_module(package).__path__[0]))
        except ImportError:
            continue
    found = {path.name: path for folder in folders if folder.exists() for path in folder.rglob("*.[ot]tf")}
    return [found[name] for name in names if name in found]


def samples(fonts: list[Path], count: int, rng: Random) -> Iterator[tuple[str, Vector]]:
    """Yield characters with their features from `count` words."""
    for _ in range(count):
        text = _word(rng)
        size = float(np.exp(rng.triangular(np.log(10), np.log(11.5), np.log(34))))
        font = ImageFont.truetype(str(fonts[rng.integers(len(fonts))]), size)
        yield from _cut_out(text, font, rng)


def _word(rng: Random) -> str:
    def digits(least: int, most: int) -> str:
        return "".join(str(digit) for digit in rng.integers(0, 10, rng.integers(least, most + 1)))

    kind = rng.integers(10)
    if kind < 4:
        return f"{digits(1, 2)}.{digits(1, 4)}"
    if kind == 4:
        return digits(1, 5)
    if kind == 5:
        return f"{digits(1, 2)},{digits(3, 3)}"
    if kind == 6:
        return f"{digits(1, 2)}{'.' + digits(1, 2) if rng.random() < 0.5 else ''}{'kKM%'[rng.integers(4)]}"
    if kind == 7:
        return f"{digits(1, 1)}e{'-+'[rng.integers(2)]}{digits(1, 2)}"
    if kind == 8:
        return f"{MINUS[rng.integers(2)]}{digits(1, 2)}{TIMES[rng.integers(2)]}1"
    return "T" + "".join(OTHER[number] for number in rng.integers(0, len(OTHER), 4))


def _cut_out(text: str, font: ImageFont.FreeTypeFont, rng: Random) -> Iterator[tuple[str, Vector]]:
    width, height = int(font.getlength(text)) + 12, int(2 * font.size) + 8
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).text((4 + rng.random(), 4 + rng.random()), text, fill=255, font=font)
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.5)))
    if rng.random() < 0.4:
        buffer = io.BytesIO()
        Image.merge("RGB", [image] * 3).save(buffer, "JPEG", quality=int(rng.integers(70, 95)))
        image = Image.open(buffer).convert("L")
    strength = np.asarray(image, np.float32) * rng.uniform(0.4, 1.0)
    strength[strength < 44] *= rng.integers(0, 2)
    rows, columns = np.nonzero(strength >= 44)
    if not len(rows):
        return
    box = Box(int(columns.min()), int(columns.max()), int(rows.min()), int(rows.max()))
    word = cut(box, strength[box.top : box.bottom + 1, box.left : box.right + 1])
    if word is None or len(word.pieces) != len(text):
        return
    boxes = [joined(piece) for piece in word.pieces]
    for character, box in zip(text, boxes, strict=True):
        name = {"\N{MINUS SIGN}": "-", "\N{MULTIPLICATION SIGN}": "x"}.get(character, character)
        yield (name if name in CLASSES else "~"), features(word, box, word.top, word.bottom)
    # neither two characters together nor a part of one is a character
    height = word.bottom - word.top + 1
    for one, other in pairwise(boxes):
        if rng.random() < 0.2 and joined((one, other)).width <= 1.3 * height:
            yield "~", features(word, joined((one, other)), word.top, word.bottom)
    for piece in word.pieces:
        if len(piece) > 1 and rng.random() < 0.2:
            at = int(rng.integers(1, len(piece)))
            part = joined(piece[:at] if rng.random() < 0.5 else piece[at:])
            if part.width < 0.8 * joined(piece).width:
                yield "~", features(word, part, word.top, word.bottom)


def gathered(fonts: list[Path], count: int, seed: int) -> tuple[Vector, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return features and class numbers of the characters of `count` words."""
    made = list(samples(fonts, count, np.random.default_rng(seed)))
    return np.stack([each[1] for each in made]), np.array([CLASSES.index(each[0]) for each in made])


def fit(x: Vector, y: np.ndarray[tuple[int], np.dtype[np.int64]], epochs: int, rng: Random) -> Network:
    """Fit the network by Adam (Kingma and Ba 2015) on mini-batches of 256."""
    weights = [
        rng.normal(0, (2 / SIZE) ** 0.5, (SIZE, HIDDEN)), np.zeros(HIDDEN),
        rng.normal(0, (2 / HIDDEN) ** 0.5, (HIDDEN, len(CLASSES))), np.zeros(len(CLASSES)),
    ]  # fmt: skip
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    step = 0
    for epoch in range(epochs):
        rate = 2e-3 * (1 - epoch / epochs)
        for batch in np.array_split(rng.permutation(len(x)), max(1, len(x) // 256)):
            inputs, hidden = x[batch], np.maximum(x[batch] @ weights[0] + weights[1], 0)
            kept = rng.random(hidden.shape) < 0.9
            hidden = hidden * kept / 0.9
            scores = hidden @ weights[2] + weights[3]
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            shares[np.arange(len(batch)), y[batch]] -= 1
            shares /= len(batch)
            back = (shares @ weights[2].T) * (hidden > 0) / 0.9
            slopes = [inputs.T @ back, back.sum(axis=0), hidden.T @ shares, shares.sum(axis=0)]
            step += 1
            for number, slope in enumerate(slopes):
                slope = slope + 1e-5 * weights[number]
                first[number] = 0.9 * first[number] + 0.1 * slope
                second[number] = 0.999 * second[number] + 0.001 * slope**2
                moved = (first[number] / (1 - 0.9**step)) / (np.sqrt(second[number] / (1 - 0.999**step)) + 1e-8)
                weights[number] = weights[number] - rate * moved
    return Network(CLASSES, *(w.astype(np.float32) for w in weights))


def written(fitted: Network) -> str:
    """Return the network as the JSON that ships: half-precision numbers in base 64."""

    def packed(plane: Vector) -> dict[str, object]:
        return {
            "shape": list(plane.shape),
            "values": base64.b64encode(plane.astype(np.float16).tobytes()).decode("ascii"),
        }

    planes = {
        "inner": fitted.inner,
        "inner_offset": fitted.inner_offset,
        "outer": fitted.outer,
        "outer_offset": fitted.outer_offset,
    }
    return json.dumps({"classes": fitted.classes} | {name: packed(plane) for name, plane in planes.items()}) + "\n"


def main() -> None:
    """Fit, test on unseen fonts, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=16_000)
    parser.add_argument("--epochs", type=int, default=25)
    arguments = parser.parse_args()
    fonts = font_files(FITTED)
    print("fonts:", ", ".join(path.name for path in fonts))
    x, y = gathered(fonts, arguments.words, 0)
    fitted = fit(x, y, arguments.epochs, np.random.default_rng(1))
    for path in font_files(UNSEEN):
        test, truth = gathered([path], 1500, 2)
        found = fitted.probabilities(test).argmax(axis=1)
        numeric = truth != CLASSES.index("~")
        print(f"{path.name}: {(found == truth).mean():.4f} of all, {(found == truth)[numeric].mean():.4f} of numbers")
    SHIPPED.write_text(written(fitted), "utf-8")


if __name__ == "__main__":
    main()
