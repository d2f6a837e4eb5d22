"""Controlled changes of a picture: versions that stay the same picture, and ways in which its file breaks."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PIL import Image, ImageDraw, ImageEnhance, ImageOps
from PIL.Image import Transpose

from tests.diagnostics.pictures.files import SVG, exif, heic

ENDINGS = {"JPEG": ("jpg", "jpeg", "JPG"), "PNG": ("png",), "WEBP": ("webp",)}
ERROR_PAGE = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>nginx</body></html>\n"
_LYING = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
"""Orientation of Exif -> how a picture lies that it tells upright."""


@dataclass(frozen=True)
class Saved:
    """A picture as a file: its bytes and the ending that goes with them."""

    data: bytes
    ending: str


def saved(image: Image.Image, rng: random.Random, kind: str | None = None, quality: int = 92) -> Saved:
    """Return `image` as a file of `kind`, by default mostly JPEG, as datasets are."""
    kind = kind or rng.choices(("JPEG", "PNG", "WEBP"), (3, 1, 1))[0]
    buffer = io.BytesIO()
    options = {"PNG": {"compress_level": 1}, "WEBP": {"method": 0}}.get(kind, {})
    image.save(buffer, kind, quality=quality, **options)
    return Saved(buffer.getvalue(), rng.choice(ENDINGS[kind]))


def turned(image: Image.Image, rng: random.Random) -> Saved:
    """Return `image` stored turned, with the Exif data that tell it upright."""
    orientation = rng.choice(list(_LYING))
    lying = image.transpose(_LYING[orientation])
    kind = rng.choice(list(ENDINGS))
    buffer = io.BytesIO()
    lying.save(buffer, kind, exif=exif(orientation), **({"compress_level": 1} if kind == "PNG" else {"quality": 92}))
    return Saved(buffer.getvalue(), rng.choice(ENDINGS[kind]))


def cropped(share: float, image: Image.Image) -> Image.Image:
    """Cut `share` of the width and height off every side."""
    width, height = image.size
    box = (width * share, height * share, width * (1 - share), height * (1 - share))
    return image.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]


def shortened(share: float, image: Image.Image) -> Image.Image:
    """Cut `share` off the right alone."""
    return image.crop((0, 0, round(image.width * (1 - share)), image.height))


def _stamped(image: Image.Image) -> Image.Image:
    made = image.copy()
    size = max(12, min(image.size) // 25)
    ImageDraw.Draw(made).text((image.width - 9 * size, image.height - 2 * size), "(c) a photographer", "white", None)
    return made


def _framed(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, round(0.03 * min(image.size)), "black")


def _warmer(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (red.point(lambda v: min(255, v * 1.12)), green, blue.point(lambda v: v * 0.85)))


def _resized(factor: float, image: Image.Image) -> Image.Image:
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)


def _enhanced(which: Callable[[Image.Image], ImageEnhance._Enhance], factor: float, image: Image.Image) -> Image.Image:
    return which(image).enhance(factor)


def _rotated(degrees: float, image: Image.Image) -> Image.Image:
    return cropped(0.05, image.rotate(degrees, Image.Resampling.BICUBIC))


VERSIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "resized to 0.5": partial(_resized, 0.5),
    "resized to 1.4": partial(_resized, 1.4),
    "cut 3 % a side": partial(cropped, 0.03),
    "cut 6 % a side": partial(cropped, 0.06),
    "cut 10 % a side": partial(cropped, 0.10),
    "cut 15 % a side": partial(cropped, 0.15),
    "cut 10 % at the right": partial(shortened, 0.10),
    "cut 20 % at the right": partial(shortened, 0.20),
    "mirrored": ImageOps.mirror,
    "mirrored, cut 6 % a side": lambda image: ImageOps.mirror(cropped(0.06, image)),
    "brighter by 1.3": partial(_enhanced, ImageEnhance.Brightness, 1.3),
    "darker by 0.7": partial(_enhanced, ImageEnhance.Brightness, 0.7),
    "contrast 1.3": partial(_enhanced, ImageEnhance.Contrast, 1.3),
    "saturation 1.6": partial(_enhanced, ImageEnhance.Color, 1.6),
    "grey": partial(_enhanced, ImageEnhance.Color, 0.0),
    "warmer": _warmer,
    "stamped": _stamped,
    "framed by 3 %": _framed,
    "rotated by 3 degrees": partial(_rotated, 3),
}
"""Changes after which it is still the same picture, beside saving it again."""

SAVED_AGAIN: dict[str, tuple[str, int]] = {
    "JPEG at quality 40": ("JPEG", 40),
    "WebP at quality 60": ("WEBP", 60),
    "as PNG": ("PNG", 0),
}


Change = Callable[[bytes, random.Random], bytes]


def cut(data: bytes, rng: random.Random) -> bytes:
    """Return the file without its end: from a twentieth to all but its last hundred bytes."""
    return data[: rng.choice((rng.randrange(len(data) // 20, len(data) - 100), len(data) - 100))]


def overwritten(data: bytes, rng: random.Random) -> bytes:
    """Return the file with 100 bytes of its pixels replaced."""
    at = rng.randrange(len(data) // 4, len(data) - 200)
    return data[:at] + rng.randbytes(100) + data[at + 100 :]


def zeroed(data: bytes, rng: random.Random) -> bytes:
    """Return the file with zeros from somewhere on to its end, as interrupted downloads leave it."""
    at = rng.randrange(len(data) // 4, len(data) - 1000)
    return data[:at] + bytes(len(data) - at)


def foreign(image: Image.Image, kind: str) -> Saved:
    """Return `image` as a file of a kind that most trainers do not read."""
    if kind == "svg":
        return Saved(SVG, "svg")
    if kind == "heic":
        return Saved(heic(), "heic")
    buffer = io.BytesIO()
    small = image.resize((64, 64))
    (small.quantize() if kind == "gif" else small).save(buffer, kind)
    return Saved(buffer.getvalue(), kind)


FOREIGN = ("gif", "tiff", "avif", "svg", "heic")
