"""The largest and smallest of three channels; a reduction over so short an axis takes numpy ten times as long."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind", np.uint8, np.int16, np.float32)


def most(pixels: NDArray[Kind]) -> NDArray[Kind]:
    """Return the largest channel of each pixel (height, width, 3)."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def least(pixels: NDArray[Kind]) -> NDArray[Kind]:
    """Return the smallest channel of each pixel (height, width, 3)."""
    return np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
