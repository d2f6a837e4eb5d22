"""What is measured of an unpacked picture: small greys to compare, the colours of its border, burned colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from diagnostics.pictures.channels import least, most
from diagnostics.pictures.hashes import VIEWS, Grey, hash_of, shrunk, view
from diagnostics.pictures.lab import border_colours

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 192
"""Longest side of the grey copy that is kept for comparing, in pixels."""
_STRUCTURE = 64
_GREY_BITS = 3
_STEP_PIXELS = 250_000
_HIGH, _HIGH_REST, _LOW, _LOW_REST = 254, 200, 1, 60


@dataclass(frozen=True, eq=False)
class Look:
    """A picture in numbers: enough to compare it, too little to show it again at its size."""

    grey: Grey
    """Upright grey copy, 0..255, longest side `SIDE`; in memory only while the bundle is read."""
    border: NDArray[np.float32]
    """Smoothed Lab histogram of the border, summing to 1."""
    clipped: float
    """Share of pixels with one channel at its end and another far from it, 0..1."""

    @cached_property
    def flat(self) -> float:
        """Share of the grey copy that has about the commonest grey, 0..1: high in drawings and screenshots."""
        counts = np.bincount((self.grey.astype(np.int64) >> _GREY_BITS).ravel())
        return float(np.convolve(counts, np.ones(2)).max() / self.grey.size)

    @cached_property
    def hash(self) -> np.uint64:
        """The 64-bit perceptual hash."""
        return hash_of(self.grey)

    @cached_property
    def structure(self) -> Grey:
        """64x64 grey, to compare in structure."""
        return shrunk(self.grey, _STRUCTURE)

    @cached_property
    def views(self) -> NDArray[np.uint64]:
        """Hashes of the picture, of its mirror image and of crops, in the order of `hashes.VIEWS`."""
        return np.array([hash_of(view(self.grey, number)) for number in range(len(VIEWS))], np.uint64)


def look_at(image: Image) -> Look:
    """Measure an unpacked, upright RGB picture."""
    factor = max(image.size) // (2 * SIDE)
    small = image.reduce(factor) if factor > 1 else image.copy()
    small.thumbnail((SIDE, SIDE))
    colours = np.asarray(small)
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    return Look(grey.astype(np.float32), border_colours(colours), _clipped(image))


def _clipped(image: Image) -> float:
    pixels = np.asarray(image)
    step = max(1, int((pixels.shape[0] * pixels.shape[1] / _STEP_PIXELS) ** 0.5))
    pixels = pixels[::step, ::step]
    high, low = most(pixels), least(pixels)
    burned = ((high >= _HIGH) & (low < _HIGH_REST)) | ((low <= _LOW) & (high > _LOW_REST))
    return float(burned.mean())
