"""One picture, read under limits: the size is known before anything is unpacked, and whatever is wrong is named."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from diagnostics.bundle import Attachment
from diagnostics.pictures.header import ENDINGS, NotReadableError, PictureHeader, read_header
from diagnostics.pictures.parts import is_page, picture_kind

if TYPE_CHECKING:
    from PIL.Image import Image, Transpose

    from diagnostics.pictures.look import Look
    from diagnostics.screenshot.pixels import Pixels
    from diagnostics.screenshot.read import ChartReading
    from knowledge.screenshots import ScreenshotKnowledge

_MEGA = 1_000_000
_DRAFT = 512
"""JPEG is unpacked at half, quarter or eighth size as long as this many pixels stay each way: four times as fast."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Bounds on the pictures of one bundle."""

    pixels: int = 40 * _MEGA
    """Pixels of a picture that is unpacked: 160 MB as RGBA."""
    all_pixels: int = 400 * _MEGA
    """Pixels of all pictures together: some twenty seconds of PNG."""
    size: int = 64 << 20
    """Bytes of a file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file, by its name in ``knowledge/pictures.yaml``, with the values of its sentence."""

    name: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture of a bundle. `header` and `look` are None where it could not be read that far."""

    name: str
    size: int
    digest: str
    """SHA-256 of the file in hexadecimal; empty where the file was too large to be read."""
    header: PictureHeader | None = None
    look: Look | None = None
    problems: tuple[Problem, ...] = ()
    chart: ChartReading | None = None
    """The loss curve that it shows, where it is a screenshot of a chart."""

    def has(self, *names: str) -> bool:
        """Tell whether one of the problems `names` was found."""
        return any(problem.name in names for problem in self.problems)

    @property
    def shorter(self) -> int | None:
        """The shorter side in pixels."""
        return min(self.header.width, self.header.height) if self.header else None


class PictureReader:
    """Reads the pictures of one bundle; all of them share one set of limits.

    With `screens` it looks for loss charts too.
    """

    def __init__(self, limits: PictureLimits | None = None, screens: ScreenshotKnowledge | None = None) -> None:
        self._limits = limits or PictureLimits()
        self._left = self._limits.all_pixels
        self._screens = screens
        self._screens_left = screens.sizes.most_pictures if screens else 0

    def read(self, attachment: Attachment) -> Picture:
        """Read one picture; raises OSError where the file cannot be opened, and nothing else."""
        if attachment.size > self._limits.size:
            values = {
                "megabytes": f"{attachment.size / (1 << 20):.0f}",
                "most_megabytes": f"{self._limits.size >> 20}",
            }
            return Picture(attachment.name, attachment.size, "", problems=(Problem("heavy", values),))
        with attachment.open() as file:
            data = file.read(self._limits.size)
        digest = hashlib.sha256(data).hexdigest()
        try:
            header = read_header(io.BytesIO(data), len(data))
        except NotReadableError:
            kind = picture_kind(data[:1024])
            name = "damaged" if kind in ENDINGS or kind is None else kind
            if kind is None and is_page(data):
                name = "page"
            return Picture(attachment.name, len(data), digest, problems=(Problem(name),))
        problems = described(attachment.name, header)
        look = self._look(data, header, problems)
        chart = self._chart(attachment.name, data, header, look) if look else None
        return Picture(attachment.name, len(data), digest, header, look, tuple(problems), chart)

    def _chart(self, name: str, data: bytes, header: PictureHeader, look: Look) -> ChartReading | None:
        screens = self._screens
        if screens is None or not self._screens_left or header.animated or header.orientation != 1:
            return None
        sizes = screens.sizes
        small = header.width < sizes.least_width or header.height < sizes.least_height
        if small or header.width * header.height > sizes.most_pixels or look.flat < screens.chart.flat:
            return None
        self._screens_left -= 1
        from diagnostics.screenshot.read import read_chart

        return read_chart(name, _pixels(data, header), screens)

    def _look(self, data: bytes, header: PictureHeader, problems: list[Problem]) -> Look | None:
        pixels = header.width * header.height
        if pixels > self._limits.pixels:
            values = {"megapixels": f"{pixels / _MEGA:.0f}", "most": f"{self._limits.pixels // _MEGA}"}
            problems.append(Problem("too-large", values))
            return None
        if self._left < pixels:
            problems.append(Problem("unlooked" if header.complete else "truncated"))
            return None
        self._left -= pixels
        try:
            look = _unpacked(data, header)
        except MemoryError:
            raise
        except Exception as error:  # a broken picture makes Pillow raise almost anything
            cut = not header.complete or "truncated" in str(error)
            problems.append(Problem("truncated" if cut else "damaged"))
            return None
        if not header.complete:
            problems.append(Problem("truncated"))
            return None
        return look


def described(name: str, header: PictureHeader) -> list[Problem]:
    """Return what the header alone shows to be unusual about a picture."""
    problems = []
    if PurePosixPath(name).suffix.lower() not in ENDINGS.get(header.kind, ()):
        problems.append(Problem("ending", {"kind": "WebP" if header.kind == "webp" else header.kind.upper()}))
    if header.animated:
        problems.append(Problem("animated"))
    if header.kind == "jpeg" and header.channels == 4:
        problems.append(Problem("cmyk"))
    if header.bits > 8:
        problems.append(Problem("deep"))
    if header.orientation != 1:
        problems.append(Problem("rotated"))
    return problems


def rgb_of(attachment: Attachment, limits: PictureLimits | None = None) -> Pixels | None:
    """Return the pixels of a picture that can be read within the limits, upright at full size; else None."""
    import numpy as np
    from PIL import Image

    bounds = limits or PictureLimits()
    if attachment.size > bounds.size:
        return None
    with attachment.open() as file:
        data = file.read(bounds.size)
    try:
        header = read_header(io.BytesIO(data), len(data))
        if header.width * header.height > bounds.pixels:
            return None
        with Image.open(io.BytesIO(data), formats=(header.kind.upper(),)) as image:
            image.load()
            return np.asarray(_turned(_rgb(image), header.orientation))
    except MemoryError:
        raise
    except Exception:  # a broken picture makes Pillow raise almost anything, and has its line already
        return None


def _unpacked(data: bytes, header: PictureHeader) -> Look:
    from PIL import Image

    from diagnostics.pictures.look import look_at

    with Image.open(io.BytesIO(data), formats=(header.kind.upper(),)) as image:
        if image.size != (header.width, header.height):
            raise ValueError("its header and its pixels disagree")
        image.draft("RGB", (_DRAFT, _DRAFT))
        image.load()
        return look_at(_turned(_rgb(image), header.orientation))


def _pixels(data: bytes, header: PictureHeader) -> Pixels:
    """Unpack a picture that was unpacked once before, now at its full size."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=(header.kind.upper(),)) as image:
        image.load()
        return np.asarray(_on_white(image) if image.mode in ("RGBA", "LA", "PA") else _rgb(image))


def _on_white(image: Image) -> Image:
    """Lay a picture that is transparent in part on white, as the pages that show it do."""
    from PIL import Image as Pictures

    clear = image.convert("RGBA")
    return Pictures.alpha_composite(Pictures.new("RGBA", clear.size, "white"), clear).convert("RGB")


def _rgb(image: Image) -> Image:
    if image.mode.startswith("I"):
        import numpy as np
        from PIL import Image as Pictures

        return Pictures.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)).convert(
            "RGB"
        )
    if image.mode == "RGB":
        return image
    return image.convert("RGB")


def _turned(image: Image, orientation: int) -> Image:
    if orientation == 1:
        return image
    from PIL.Image import Transpose

    turns: dict[int, Transpose] = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation])
