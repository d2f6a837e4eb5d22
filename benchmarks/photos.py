"""Freely licensed photos that packages ship, whole and in quarters: what the pictures benchmarks are built on.

Needs the ``bench`` extra (``pip install -e '.[bench]' -c constraints.txt``); only files are read, nothing is imported.
Licences as the packages state them (docstrings of `skimage.data`, ``sklearn/datasets/images/README.txt``).
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

_SKIMAGE, _SKLEARN, _MATPLOTLIB = "skimage/data", "sklearn/datasets/images", "matplotlib/mpl-data/sample_data"


@dataclass(frozen=True)
class Photo:
    """A photo by its name, the package folder it lies in, and its licence."""

    name: str
    folder: str
    licence: str

    @property
    def path(self) -> Path | None:
        """Where it is installed; None where its package is not."""
        package, _, inside = self.folder.partition("/")
        found = importlib.util.find_spec(package)
        path = Path(str(found.origin)).parent / inside / self.name if found else None
        return path if path and path.exists() else None


PHOTOS = (
    Photo("astronaut.png", _SKIMAGE, "public domain (NASA)"),
    Photo("brick.png", _SKIMAGE, "CC0"),
    Photo("camera.png", _SKIMAGE, "CC0"),
    Photo("cell.png", _SKIMAGE, "CC0"),
    Photo("chelsea.png", _SKIMAGE, "CC0"),
    Photo("clock_motion.png", _SKIMAGE, "public domain"),
    Photo("coffee.png", _SKIMAGE, "CC0"),
    Photo("coins.png", _SKIMAGE, "no known restrictions (Brooklyn Museum)"),
    Photo("grass.png", _SKIMAGE, "CC0"),
    Photo("gravel.png", _SKIMAGE, "CC0"),
    Photo("hubble_deep_field.jpg", _SKIMAGE, "public domain (NASA)"),
    Photo("ihc.png", _SKIMAGE, "no known restrictions"),
    Photo("motorcycle_left.png", _SKIMAGE, "CC0 (Middlebury)"),
    Photo("retina.jpg", _SKIMAGE, "public domain"),
    Photo("rocket.jpg", _SKIMAGE, "public domain (SpaceX)"),
    Photo("china.jpg", _SKLEARN, "CC BY 2.0 (danielbuechele)"),
    Photo("flower.jpg", _SKLEARN, "CC BY 2.0 (vultilion)"),
    Photo("grace_hopper.jpg", _MATPLOTLIB, "public domain (US Navy)"),
)


@dataclass(frozen=True)
class Scene:
    """A photo or a quarter of one: no two scenes share a pixel unless one is the whole of the other."""

    name: str
    photo: str
    whole: bool
    image: Image.Image


def scenes() -> tuple[Scene, ...]:
    """Return every photo whole and in quarters, as RGB; ends the program where the packages are missing."""
    made = []
    for photo in PHOTOS:
        if photo.path is None:
            sys.exit(f"{photo.name} is not here: these photos need the bench extra, pip install -e '.[bench]'")
        with Image.open(photo.path) as file:
            image = file.convert("RGB")
        stem = photo.path.stem
        made.append(Scene(stem, stem, True, image))
        width, height = image.width // 2, image.height // 2
        made += [
            Scene(
                f"{stem}_{number}",
                stem,
                False,
                image.crop((x * width, y * height, (x + 1) * width, (y + 1) * height)),
            )
            for number, (x, y) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1)))
        ]
    return tuple(made)


def enlarged(image: Image.Image, shorter: int) -> Image.Image:
    """Return `image` with its shorter side at `shorter` pixels."""
    factor = shorter / min(image.size)
    size = tuple(max(shorter, round(side * factor)) for side in image.size)
    return image.resize((size[0], size[1]), Image.Resampling.BICUBIC)
