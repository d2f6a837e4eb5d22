"""Like with like: different prompts of one checkpoint, and one prompt from checkpoint to checkpoint.

Trainers keep the seed of a prompt from step to step, so one prompt looks alike at every step of a good run, too; only
different prompts that give one picture show that a LoRA repeats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diagnostics.samples.sample import Sample


@dataclass(frozen=True)
class Comparable:
    """Pictures of one checkpoint that may be compared. `differ`: whether their prompts do; None where nobody knows."""

    samples: tuple[Sample, ...]
    differ: bool | None


def comparable(samples: Sequence[Sample]) -> Comparable | None:
    """Return the pictures to compare: one a prompt, of the checkpoint that has most prompts, of equal ones the latest.

    Where nothing tells the prompts apart, all pictures; where all have one prompt, those of it.
    """
    looked = [sample for sample in samples if sample.look is not None]
    asked = [sample for sample in looked if sample.prompt is not None]
    if not asked:
        return Comparable(tuple(looked), None) if looked else None
    groups: dict[tuple[int, int, str], dict[str | int, Sample]] = defaultdict(dict)
    for sample in asked:
        if sample.prompt is not None:
            groups[sample.checkpoint or (0, 0, "")].setdefault(sample.prompt, sample)
    _, group = max(groups.items(), key=lambda each: (len(each[1]), each[0]))
    if len(group) == 1:
        (prompt,) = group
        return Comparable(tuple(sample for sample in asked if sample.prompt == prompt), False)
    known = all(isinstance(prompt, str) for prompt in group)
    return Comparable(tuple(group.values()), True if known else None)


def same_request(one: Sample, other: Sample) -> bool:
    """Tell whether two pictures were asked for alike, as far as is known: one prompt, one seed."""
    if one.prompt is None or one.prompt != other.prompt:
        return False
    return one.seed is None or other.seed is None or one.seed == other.seed


def over_checkpoints(samples: Iterable[Sample]) -> list[tuple[Sample, ...]]:
    """Return the pictures of each prompt and seed from the first checkpoint to the last, where there are several."""
    series: dict[tuple[str | int, int | None], dict[tuple[int, int], Sample]] = defaultdict(dict)
    for sample in samples:
        if sample.look is not None and sample.prompt is not None and (sample.step or sample.epoch):
            series[sample.prompt, sample.seed].setdefault((sample.step or 0, sample.epoch or 0), sample)
    return [tuple(group[at] for at in sorted(group)) for group in series.values() if len(group) > 1]
