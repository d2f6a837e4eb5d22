"""What happens to one prompt from checkpoint to checkpoint: it settles, or its colours burn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from diagnostics.pictures.likeness import versions
from diagnostics.samples.sample import Sample
from diagnostics.samples.sets import over_checkpoints
from knowledge.pictures import Alike

_FEWEST_CHECKPOINTS = 3
_FEWEST_PROMPTS = 2
_TIMES = 2.0
"""So many times the share of burned pixels at the first checkpoint."""


def settled_from(samples: Sequence[Sample], alike: Alike) -> int | None:
    """Return the step from which on most prompts give a version of their last picture, or None."""
    found = []
    series = _with_steps(samples)
    for pictures in series:
        looks = [sample.look for sample in pictures if sample.look is not None]
        same = {pair.first for pair in versions(looks, alike) if pair.second == len(looks) - 1}
        at = len(looks) - 1
        while at - 1 in same:
            at -= 1
        # the two last alike are no rest yet
        found.append(pictures[at].step if at < len(looks) - 2 else None)
    steps = sorted(step for step in found if step is not None)
    if len(steps) < _FEWEST_PROMPTS or 2 * len(steps) <= len(series):
        return None
    return steps[-1]


def burned_from(samples: Sequence[Sample], share: float) -> int | None:
    """Return the first step at which the same prompts have burned colours; None where they begin so or never do."""
    by_step: dict[int, list[float]] = defaultdict(list)
    for pictures in _with_steps(samples):
        for sample in pictures:
            if sample.step is not None and sample.look is not None:
                by_step[sample.step].append(sample.look.clipped)
    most = max(map(len, by_step.values()), default=0)
    # a step at which a prompt is missing cannot be compared with the others
    levels = [(step, median(by_step[step])) for step in sorted(by_step) if len(by_step[step]) == most]
    if most < _FEWEST_PROMPTS or len(levels) < 2 or levels[-1][1] < share:
        return None
    first = next(step for step, level in levels if level >= share)
    return first if first != levels[0][0] and levels[-1][1] >= _TIMES * levels[0][1] else None


def _with_steps(samples: Sequence[Sample]) -> list[tuple[Sample, ...]]:
    series = [tuple(sample for sample in each if sample.step is not None) for each in over_checkpoints(samples)]
    return [each for each in series if len(each) >= _FEWEST_CHECKPOINTS]
