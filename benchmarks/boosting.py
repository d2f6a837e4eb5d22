"""Gradient boosting of perfect binary trees for several classes, with numpy alone.

Second-order boosting of the softmax loss over histograms (Friedman 2001; Chen & Guestrin 2016, eqs. 6 and 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bins = NDArray[np.uint8]


@dataclass(frozen=True)
class Options:
    """How to grow the trees."""

    rounds: int = 120
    rate: float = 0.1
    depth: int = 3
    bins: int = 48
    ridge: float = 4.0
    """L2 penalty on leaf values, in units of weight."""
    least: float = 15.0
    """Least weight (sum of curvatures' sample weights) in a leaf."""
    columns: float = 0.5
    """Share of the features tried by a tree."""
    rows: float = 0.5
    """Share of the samples that a round is grown on."""
    seed: int = 0


@dataclass(frozen=True)
class Trees:
    """Perfect binary trees.

    `features` and `thresholds` [rounds, classes, 2**depth - 1], `leaves` [rounds, classes, 2**depth].
    """

    features: NDArray[np.int64]
    thresholds: Floats
    leaves: Floats
    prior: Floats


def grow(x: Floats, labels: NDArray[np.int64], weights: Floats, classes: int, options: Options) -> Trees:
    """Fit trees to samples `x` [samples, features] with class numbers and weights (mean 1)."""
    rng = np.random.default_rng(options.seed)
    edges = [_edges(column, options.bins) for column in x.T]
    binned = np.stack([np.searchsorted(e, c, side="left") for e, c in zip(edges, x.T, strict=True)]).astype(np.uint8)
    truth = np.eye(classes)[labels]
    prior = np.log(weights @ truth / weights.sum())
    scores = np.tile(prior, (len(x), 1))
    inner, leaves = 2**options.depth - 1, 2**options.depth
    shape = (options.rounds, classes)
    features, thresholds = np.zeros((*shape, inner), np.int64), np.full((*shape, inner), np.inf)
    values = np.zeros((*shape, leaves))
    for round_ in range(options.rounds):
        probabilities = softmax(scores)
        chosen = np.flatnonzero(rng.random(len(x)) < options.rows)
        seen = binned[:, chosen]
        tried = rng.random(len(edges)) < options.columns
        for k in range(classes):
            gradient = weights * (probabilities[:, k] - truth[:, k])
            curvature = weights * np.maximum(probabilities[:, k] * (1 - probabilities[:, k]), 1e-6)
            columns = np.flatnonzero(tried) if tried.any() else np.arange(len(edges))
            tree = _Grower(seen, edges, columns, options)
            node = tree.grow(gradient[chosen], curvature[chosen], weights[chosen])
            total = np.bincount(node, gradient[chosen], leaves)
            bend = np.bincount(node, curvature[chosen], leaves)
            leaf = -options.rate * total / (bend + options.ridge)
            features[round_, k], thresholds[round_, k], values[round_, k] = tree.features, tree.thresholds, leaf
            scores[:, k] += leaf[tree.leaf(binned)]
    return Trees(features, thresholds, values, prior)


def softmax(scores: Floats) -> Floats:
    """Return class probabilities of scores [samples, classes]."""
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


class _Grower:
    """Grows one tree, level by level."""

    def __init__(self, binned: Bins, edges: list[Floats], columns: NDArray[np.int64], options: Options) -> None:
        self.binned, self.edges, self.columns, self.options = binned, edges, columns, options
        inner = 2**options.depth - 1
        self.features = np.zeros(inner, np.int64)
        self.thresholds = np.full(inner, np.inf)
        self.cuts = np.full(inner, 255)

    def grow(self, gradient: Floats, curvature: Floats, weight: Floats) -> NDArray[np.int64]:
        """Return the leaf of every sample."""
        node = np.zeros(self.binned.shape[1], np.int64)
        for level in range(self.options.depth):
            nodes = 2**level
            best = np.zeros(nodes)
            cut = np.full(nodes, 255)
            feature = np.zeros(nodes, np.int64)
            for column in self.columns:
                gain = self._gains(node * self.options.bins + self.binned[column], nodes, gradient, curvature, weight)
                place = gain.argmax(axis=1)
                value = gain[np.arange(nodes), place]
                better = value > best
                best[better], cut[better], feature[better] = value[better], place[better], column
            first = nodes - 1
            self.features[first : first + nodes] = feature
            self.cuts[first : first + nodes] = cut
            for index in np.flatnonzero(best > 0):
                self.thresholds[first + index] = self.edges[feature[index]][cut[index]]
            right = self.binned[feature[node], np.arange(len(node))] > cut[node]
            node = 2 * node + right
        return node

    def leaf(self, binned: Bins) -> NDArray[np.int64]:
        """Return the leaf of samples [features, samples], in the tree that was grown."""
        samples = np.arange(binned.shape[1])
        node = np.zeros(len(samples), np.int64)
        for _ in range(self.options.depth):
            node = 2 * node + 1 + (binned[self.features[node], samples] > self.cuts[node])
        return np.asarray(node - len(self.features))

    def _gains(self, key: NDArray[Any], nodes: int, gradient: Floats, curvature: Floats, weight: Floats) -> Floats:
        """Gain of a cut after every bin, for every node of the level."""
        bins, ridge, size = self.options.bins, self.options.ridge, nodes * self.options.bins

        def left(values: Floats) -> Floats:
            return np.cumsum(np.bincount(key, values, size).reshape(nodes, bins), axis=1)

        g, h, w = left(gradient), left(curvature), left(weight)
        gt, ht, wt = g[:, -1:], h[:, -1:], w[:, -1:]
        gain = g**2 / (h + ridge) + (gt - g) ** 2 / (ht - h + ridge) - gt**2 / (ht + ridge)
        allowed = (w >= self.options.least) & (wt - w >= self.options.least)
        return np.where(allowed, gain, 0.0)


def _edges(column: Floats, bins: int) -> Floats:
    """At most bins - 1 cuts between the values of a feature."""
    quantiles = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1], method="inverted_cdf"))
    return np.asarray(quantiles[: bins - 1], dtype=np.float64)
