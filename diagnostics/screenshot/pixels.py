"""A picture as ink on a background: how far each pixel is from the commonest colour, and in which hue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.pictures.channels import least, most

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
_LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in brightness (ITU-R BT.601, as in JPEG)."""
_NEAR = 14
"""Values of a channel that noise of JPEG moves a flat colour by."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture taken apart; all planes have its height and width.

    `strength`: largest difference of a channel from the background, 0..255. `brightness`: how much
    brighter or darker it is, 0..255. `chroma`: largest difference between the
    channels' differences. `hue`: the direction of the difference, -pi..pi, only meaningful where there is chroma.
    """

    background: tuple[float, float, float]
    flat: float
    """Share of the pixels that are background."""
    strength: Plane
    brightness: Plane
    chroma: Plane
    hue: Plane

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.strength.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.strength.shape[1])


def background_of(pixels: Pixels) -> tuple[tuple[float, float, float], float]:
    """Return the commonest colour of a picture (height, width, 3) and the share of pixels that have it."""
    coarse = (pixels >> 3).astype(np.int32)
    codes = (coarse[..., 0] << 10) | (coarse[..., 1] << 5) | coarse[..., 2]
    commonest = int(np.bincount(codes.ravel(), minlength=1 << 15).argmax())
    chosen = pixels[codes == commonest].mean(axis=0)
    near = most(np.abs(pixels.astype(np.int16) - chosen.astype(np.int16))) <= _NEAR
    red, green, blue = (float(np.median(pixels[..., channel][near])) for channel in range(3))
    return (red, green, blue), float(near.mean())


def canvas(pixels: Pixels) -> Canvas:
    """Take a picture (height, width, 3) apart."""
    background, flat = background_of(pixels)
    away = pixels.astype(np.float32) - np.array(background, np.float32)
    high, low = most(away), least(away)
    strength = np.maximum(np.abs(high), np.abs(low))
    chroma = high - low
    red, green, blue = away[..., 0], away[..., 1], away[..., 2]
    brightness = np.abs(away @ np.array(_LUMA, np.float32))
    hue = np.arctan2(np.float32(np.sqrt(3)) * (green - blue), 2 * red - green - blue)
    return Canvas(background, flat, strength, brightness, chroma, hue)


def hue_distance(hue: Plane, centre: float) -> Plane:
    """Return how far each hue is from `centre`, 0..pi."""
    return np.asarray(np.abs(np.angle(np.exp(1j * (hue - centre)))), np.float32)
