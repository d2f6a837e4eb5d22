"""Class probabilities from boosted trees that are kept as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diagnostics.loss.model import Pattern
from diagnostics.loss.prepare import Floats

FITTED = Path(__file__).with_name("forest.json")
"""Written by ``python -m benchmarks.fit_curves``, which states the data and the split."""


@dataclass(frozen=True)
class Forest:
    """Trees of one depth. T trees of N inner nodes and N + 1 leaves; tree t votes on class t % len(classes)."""

    names: tuple[str, ...]
    """Features, in the order of their numbers."""
    classes: tuple[Pattern, ...]
    prior: Floats
    features: NDArray[np.int64]
    """[T, N] number of the feature that each inner node asks about; children of node i are 2i + 1 and 2i + 2."""
    thresholds: Floats
    """[T, N]; greater goes right."""
    leaves: Floats
    """[T, N + 1]."""

    def scores(self, features: Mapping[str, float]) -> Floats:
        """Return the score (unnormalised log probability) of each class; raises `KeyError` for a missing feature."""
        values = np.array([features[name] for name in self.names])
        trees = np.arange(len(self.features))
        node = np.zeros(len(trees), np.int64)
        inner = self.features.shape[1]
        while node[0] < inner:
            node = 2 * node + 1 + (values[self.features[trees, node]] > self.thresholds[trees, node])
        votes = self.leaves[trees, node - inner].reshape(-1, len(self.classes))
        return np.asarray(self.prior + votes.sum(axis=0))


@cache
def fitted_forest(path: Path = FITTED) -> Forest:
    """Read a fitted forest; raises `OSError` or `ValueError` where the file is missing or no forest."""
    data = json.loads(path.read_text(encoding="utf-8"))
    thresholds = [[np.inf if value is None else value for value in tree] for tree in data["thresholds"]]
    return Forest(
        names=tuple(data["features"]),
        classes=tuple(Pattern(name) for name in data["classes"]),
        prior=np.array(data["prior"]),
        features=np.array(data["asked"], np.int64),
        thresholds=np.array(thresholds),
        leaves=np.array(data["leaves"]) * data.get("leaf_unit", 1.0),
    )
