"""Pictures to samples: what each says of itself, and which LoRA among those used is the trained one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from diagnostics.bundle import Attachment
from diagnostics.pictures.read import Picture
from diagnostics.pictures.texts import read_texts
from diagnostics.samples.generation import Generation, UsedLora
from diagnostics.samples.metadata import read_generation
from diagnostics.samples.names import CheckpointName, read_checkpoint_name, read_sample_name, shown_name
from diagnostics.samples.sample import Sample

_SHORTEST = 4
"""Letters that two names must share at their start before one counts as the other."""
_OTHER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class TrainedLora:
    """The LoRA that the pictures are of. `known`: whether config or LoRA file name it; None where they name none."""

    run: str
    known: bool | None


def generations(attachments: Iterable[Attachment]) -> dict[str, Generation]:
    """Return how the pictures were made, by name, of those that say so."""
    found = {}
    for attachment in attachments:
        try:
            with attachment.open() as file:
                generation = read_generation(read_texts(file))
        except OSError:
            continue
        if generation is not None:
            found[attachment.name] = generation
    return found


def trained_lora(made: Iterable[Generation], names: Iterable[str | None]) -> TrainedLora | None:
    """Return which LoRA is the trained one: that which `names` name, else the one that varies most."""
    known = {key for name in names if name and (key := _key(read_checkpoint_name(name).run))}
    counts: Counter[str] = Counter()
    kinds: dict[str, set[tuple[str, float | None]]] = defaultdict(set)
    for generation in made:
        for used in generation.loras:
            key = _key(read_checkpoint_name(used.name).run)
            counts[key] += 1
            kinds[key].add((used.name, used.strength))
    if not counts:
        return None
    for key, _ in counts.most_common():
        if any(_same(key, name) for name in known):
            return TrainedLora(key, True)
    most = max(counts, key=lambda key: (len(kinds[key]), counts[key]))
    return TrainedLora(most, False if known else None)


def list_samples(
    pictures: Sequence[Picture], made: Mapping[str, Generation], trained: TrainedLora | None
) -> tuple[Sample, ...]:
    """Return the pictures as samples."""
    return tuple(_sample(picture, made.get(picture.name), trained) for picture in pictures)


def beside(generation: Generation, trained: TrainedLora | None) -> Iterator[UsedLora]:
    """Yield the LoRAs of a picture that are not the trained one."""
    for used in generation.loras:
        if trained is None or _key(read_checkpoint_name(used.name).run) != trained.run:
            yield used


def _sample(picture: Picture, generation: Generation | None, trained: TrainedLora | None) -> Sample:
    name = read_sample_name(picture.name)
    used = _own(generation, trained)
    checkpoint = read_checkpoint_name(used.name) if used else CheckpointName("")
    step, epoch = checkpoint.step, checkpoint.epoch
    if name is not None and (name.step is not None or name.epoch is not None):
        step, epoch = name.step, name.epoch
    return Sample(
        picture,
        shown_name(picture.name, generation.prompt if generation else None),
        generation,
        name,
        step,
        epoch,
        used.strength if used else None,
        used.name if used else None,
    )


def _own(generation: Generation | None, trained: TrainedLora | None) -> UsedLora | None:
    for used in generation.loras if generation else ():
        if trained is not None and _key(read_checkpoint_name(used.name).run) == trained.run:
            return used
    return None


def _key(name: str) -> str:
    return _OTHER.sub("", name.casefold())


def _same(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _SHORTEST and longer.startswith(shorter))
