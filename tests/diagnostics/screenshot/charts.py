"""Screenshots of loss charts, rendered on the spot, with what is true of them."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.chart_styles import STYLES, Look, Screenshot, render
from diagnostics.log.model import Series, Unit

SIZE = (640, 400, 1.0)


def falling(count: int = 400, noise: float = 0.15) -> Series:
    """Return a loss that falls from 0.5 to 0.1, with noise."""
    share = np.linspace(0, 1, count)
    loss = (0.1 + 0.4 * np.exp(-4 * share)) * np.random.default_rng(1).lognormal(0, noise, count)
    return Series(np.arange(1, count + 1) * 10, loss, Unit.RAW)


def chart(style: str = "matplotlib", theme: str = "light", kind: str = "PNG", seed: int = 3) -> Screenshot:
    """Return a chart of `falling`."""
    return render(falling(), Look(style, theme, SIZE, kind), seed)


def shots() -> list[Screenshot]:
    """Return a chart for each style and theme, half of them PNG and half JPEG."""
    return [
        chart(style, theme, "PNG" if (number + dark) % 2 else "JPEG", number)
        for number, style in enumerate(STYLES)
        for dark, theme in enumerate(("light", "dark"))
    ]


def pixels(data: bytes) -> NDArray[np.uint8]:
    """Return the pixels of a picture file."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
