"""HTML to a small PNG with Debian's Chromium."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WINDOW = "2400,4200"
_SCALE = 1.5
_SECONDS = 120
_COLOURS = 160


class NoBrowserError(Exception):
    """There is no Chromium here; the text says how to get one."""


def png(page: str) -> bytes:
    """Return the picture of a page, cut to what it shows; raises `NoBrowserError`."""
    browser = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if browser is None:
        raise NoBrowserError("There is no Chromium here; on Debian: apt-get install chromium fonts-noto-color-emoji")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(page, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--screenshot={target}",
        ]
        command += [f"--window-size={_WINDOW}", f"--force-device-scale-factor={_SCALE}", source.as_uri()]
        command.insert(1, f"--user-data-dir={folder}/profile")
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603
        return _cut(target.read_bytes())


def _cut(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    empty = Image.new("RGB", image.size, image.getpixel((0, 0)))
    left, top, right, bottom = ImageChops.difference(image, empty).getbbox() or (0, 0, *image.size)
    margin = round(16 * _SCALE)
    box = (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, image.width),
        min(bottom + margin, image.height),
    )
    buffer = io.BytesIO()
    image.crop(box).quantize(_COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
