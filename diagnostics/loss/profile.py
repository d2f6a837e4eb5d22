"""Comparison with the documented levels of a profile, where trainer and model make levels comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.loss.blocks import Blocks
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import Judging, Templates
from diagnostics.loss.prepare import Floats
from knowledge.model import Point, Profile


@dataclass(frozen=True)
class Match:
    """How near a curve comes to the profile's reference and to the guide's problem curves."""

    similarity: float
    """0..1 to the reference: exp(-distance / spread), distance the root mean square of the log ratio."""
    support: Mapping[Pattern, float]
    """Relative likelihood of each pattern by absolute level, the best 1; empty where no template fits."""
    fits: frozenset[Pattern]
    """Patterns whose template the levels match."""


def comparable(series: Series, profile: Profile | None) -> Profile | None:
    """Return the profile where its reference levels hold for this series."""
    if (
        profile is None
        or not profile.reference
        or series.unit is Unit.EPOCH
        or series.trainer not in profile.comparable
    ):
        return None
    return profile


def match(blocks: Blocks, profile: Profile, judging: Judging) -> Match:
    """Compare the levels of a curve with the reference of `profile` and with its problem templates."""
    templates = next((one for one in judging.templates if one.profile == profile.id), None)
    distance = _distance(blocks, profile.reference)
    if templates is None:
        return Match(float(np.exp(-distance / 0.35)), {}, frozenset())
    distances = {Pattern.HEALTHY: distance}
    distances |= {pattern: _distance(blocks, points) for pattern, points in templates.curves.items()}
    similarity = {pattern: float(np.exp(-value / templates.spread)) for pattern, value in distances.items()}
    nearest = max(similarity.values())
    fits = frozenset(pattern for pattern, value in similarity.items() if value >= templates.fits)
    support = _support(distances, templates) if nearest >= templates.fits else {}
    return Match(similarity[Pattern.HEALTHY], support, fits)


def reference_level(points: tuple[Point, ...], steps: Floats) -> Floats:
    """Return the reference loss at each step: linear between points, constant beyond the last."""
    return np.interp(steps, [point.step for point in points], [point.loss for point in points])


def _distance(blocks: Blocks, points: tuple[Point, ...]) -> float:
    expected = np.log(reference_level(points, blocks.centres))
    weights = blocks.counts / blocks.counts.sum()
    return float(np.sqrt(weights @ (blocks.levels - expected) ** 2))


def _support(distances: Mapping[Pattern, float], templates: Templates) -> dict[Pattern, float]:
    """Normal likelihood of each distance; patterns without a level of their own keep the best."""
    logs = {pattern: -0.5 * (distance / templates.spread) ** 2 for pattern, distance in distances.items()}
    best = max(logs.values())
    return {pattern: float(np.exp(logs.get(pattern, best) - best)) for pattern in Pattern}
