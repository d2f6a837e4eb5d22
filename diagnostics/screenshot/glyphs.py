"""Characters by their shape: a small network over the normalised picture of one, fitted on rendered fonts.

The picture of a character is scaled so that the word's full characters are `CAP` rows high; it keeps its place above
the base line, by which a full stop differs from a hyphen, and its proportions. Fitted by ``benchmarks.fit_glyphs``.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diagnostics.screenshot.text import Box, Word

Vector = NDArray[np.float32]
CAP, ABOVE, BELOW, WIDE = 12, 2, 3, 14
"""Rows of a full character, above it and below the base line; columns."""
SIZE = (CAP + ABOVE + BELOW) * WIDE + 2
SHIPPED = Path(__file__).with_name("glyphs.json")


@dataclass(frozen=True, eq=False)
class Network:
    """One hidden layer: `classes` characters from `SIZE` features."""

    classes: str
    """One character each; ``~`` stands for every character that no number has."""
    inner: Vector
    inner_offset: Vector
    outer: Vector
    outer_offset: Vector

    def probabilities(self, features: Vector) -> Vector:
        """Return the probabilities of the classes for rows of features: (count, classes)."""
        hidden = np.maximum(features @ self.inner + self.inner_offset, 0)
        scores = hidden @ self.outer + self.outer_offset
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


@cache
def network() -> Network:
    """Return the network that ships."""
    data = json.loads(SHIPPED.read_text("utf-8"))

    def plane(name: str) -> Vector:
        values = np.frombuffer(base64.b64decode(data[name]["values"]), np.float16).astype(np.float32)
        return values.reshape(data[name]["shape"])

    return Network(data["classes"], *(plane(name) for name in ("inner", "inner_offset", "outer", "outer_offset")))


def features(word: Word, piece: Box, top: int, bottom: int) -> Vector:
    """Return the features of one piece of a word whose full characters reach from row `top` to `bottom`."""
    from PIL import Image

    height = bottom - top + 1
    scale = height / CAP
    middle = (piece.left + piece.right + 1) / 2
    pad = 2 * height + 2
    # what stands beside the piece is another character
    alone = np.zeros((word.coverage.shape[0] + 2 * pad, word.coverage.shape[1] + 2 * pad), np.float32)
    alone[pad : pad + word.coverage.shape[0], pad + piece.left : pad + piece.right + 1] = word.coverage[
        :, piece.left : piece.right + 1
    ]
    half = WIDE * scale / 2
    left, upper = pad + middle - half, pad + top - ABOVE * scale
    area = (left, upper, left + 2 * half, upper + (CAP + ABOVE + BELOW) * scale)
    shrunk = Image.fromarray(alone).resize((WIDE, CAP + ABOVE + BELOW), Image.Resampling.BILINEAR, box=area)
    plane = np.asarray(shrunk, np.float32).ravel()
    return np.concatenate([plane, np.array([piece.width / height, piece.height / height], np.float32)])
