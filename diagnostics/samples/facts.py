"""The facts on sample pictures: how they were made, and what comparing like with like shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from diagnostics.dataset.members import Member
from diagnostics.pictures.likeness import copies, largest_background, spread, versions
from diagnostics.pictures.look import Look
from diagnostics.pictures.read import Picture
from diagnostics.samples.changes import burned_from, settled_from
from diagnostics.samples.family import family_of
from diagnostics.samples.generation import Generation
from diagnostics.samples.listing import TrainedLora, beside, list_samples, trained_lora
from diagnostics.samples.names import is_grid, read_checkpoint_name
from diagnostics.samples.sample import Sample
from diagnostics.samples.sets import comparable, same_request
from knowledge.facts import ConfigFacts, LoraFacts, SampleFacts
from knowledge.pictures import PictureKnowledge

_FOREIGN = ("svg", "heic", "avif", "gif", "tiff", "psd", "jxl", "bmp")


def read_samples(
    pictures: Sequence[Picture],
    made: Mapping[str, Generation],
    members: Sequence[Member],
    config: ConfigFacts,
    lora: LoraFacts,
    how: PictureKnowledge,
    clipped: float | None = None,
) -> SampleFacts:
    """Return what the samples show; with none in the bundle every fact is None.

    `made` says how they were made, by name; `members` is the dataset that they are compared with, and `clipped` its per
    cent of burned pixels.
    """
    trained = {member.picture.digest for member in members if member.picture and member.picture.digest}
    own = [picture for picture in pictures if picture.digest not in trained]
    if not own:
        return SampleFacts()
    names = {picture.name for picture in own}
    made = {name: generation for name, generation in made.items() if name in names}
    file = lora.file.rpartition(".")[0] if lora.file else None
    which = trained_lora(made.values(), (config.output_name, lora.name, file))
    samples = [sample for sample in list_samples(own, made, which) if not is_grid(sample.picture.name)]
    facts = replace(
        _making(samples, which, config, how),
        broken=_names(sample for sample in samples if sample.picture.has("truncated", "damaged", *_FOREIGN)),
        training_pictures=tuple(p.name.rpartition("/")[2] for p in pictures if p.digest in trained),
        grids=len(own) - len(samples),
    )
    return _compared(facts, samples, members, how, clipped)


def shown_names(pictures: Iterable[Picture], made: Mapping[str, Generation]) -> dict[str, str]:
    """Return the names of pictures as they may be shown, by their names in the bundle."""
    return {sample.picture.name: sample.shown for sample in list_samples(tuple(pictures), made, None)}


def _making(
    samples: Sequence[Sample], which: TrainedLora | None, config: ConfigFacts, how: PictureKnowledge
) -> SampleFacts:
    made = [sample.generation for sample in samples if sample.generation is not None]
    others = [{used.name for used in beside(generation, which)} for generation in made]
    models = sorted({generation.model for generation in made if generation.model})
    families = sorted({family for model in models if (family := family_of((model,), how.families))})
    files = {sample.lora for sample in samples if sample.lora}
    steps = sorted({sample.step for sample in samples if sample.step is not None})
    epochs = sorted({sample.epoch for sample in samples if sample.epoch is not None})
    checkpoints = {sample.checkpoint for sample in samples if sample.checkpoint is not None}
    prompts = {sample.prompt for sample in samples if sample.prompt is not None}
    seeds = {sample.seed for sample in samples if sample.seed is not None}
    return SampleFacts(
        count=len(samples),
        looked_at=sum(sample.look is not None for sample in samples),
        with_metadata=len(made),
        programs=tuple(sorted({generation.program for generation in made})) or None,
        loras=tuple(sorted({used.name for generation in made for used in generation.loras})) or None,
        most_loras=max(map(len, others)) if others else None,
        other_loras=len(set().union(*others)) if others else None,
        lora=min(files, key=len) if files else None,
        own_lora=which.known if which else None,
        without_lora=sum(not generation.loras for generation in made) if made else None,
        last_checkpoint=_is_last(files, steps, epochs, config),
        strengths=tuple(sorted({sample.strength for sample in samples if sample.strength is not None})) or None,
        prompts=len(prompts) or None,
        seeds=len(seeds) or None,
        steps=tuple(steps) or None,
        epochs=tuple(epochs) or None,
        checkpoints=len(checkpoints) or None,
        models=tuple(models) or None,
        families=tuple(families) or None,
    )


def _is_last(files: set[str], steps: list[int], epochs: list[int], config: ConfigFacts) -> bool | None:
    """Trainers write the last checkpoint under the output name alone."""
    if len(files) != 1 or steps or epochs or not config.output_name:
        return None
    (file,) = files
    return True if file.removesuffix("_LoRA") == config.output_name == read_checkpoint_name(file).run else None


def _compared(
    facts: SampleFacts,
    samples: Sequence[Sample],
    members: Sequence[Member],
    how: PictureKnowledge,
    clipped: float | None,
) -> SampleFacts:
    seen = [(sample, sample.look) for sample in samples if sample.look is not None]
    group = comparable(samples)
    if not seen or group is None:
        return facts
    looks = [look for _, look in seen]
    originals = [
        (member.base, member.picture.look) for member in members if member.picture and member.picture.look is not None
    ]
    taken = copies(looks, [look for _, look in originals], how.alike)
    facts = replace(
        facts,
        near_duplicates=tuple(
            f"{seen[pair.first][0].shown} = {seen[pair.second][0].shown}"
            for pair in versions(looks, how.alike)
            if not same_request(seen[pair.first][0], seen[pair.second][0])
        ),
        copies=(
            tuple(f"{seen[pair.first][0].shown} = {originals[pair.second][0]}" for pair in taken) if originals else None
        ),
        burned_from=burned_from(samples, how.clipping.share),
        settled_from=settled_from(samples, how.alike),
    )
    chosen = [sample.look for sample in group.samples if sample.look is not None]
    return _measured(facts, chosen, group.differ, how, clipped)


def _measured(
    facts: SampleFacts, looks: Sequence[Look], differ: bool | None, how: PictureKnowledge, clipped: float | None
) -> SampleFacts:
    burned = median(look.clipped for look in looks)
    bounds = how.clipping
    facts = replace(
        facts,
        prompts_differ=differ,
        compared=len(looks),
        clipped=round(100 * burned, 1),
        burned=(
            burned >= bounds.share and (clipped is None or 100 * burned >= bounds.times * clipped)
            if len(looks) >= bounds.fewest
            else None
        ),
    )
    apart = spread(looks, how.alike)
    if apart is not None and len(looks) >= how.repeats.fewest:
        alike = apart.median <= how.repeats.median_hash or apart.share >= how.repeats.share_alike
        facts = replace(
            facts,
            median_distance=apart.median,
            alike=round(100 * apart.share),
            # one prompt gives one picture by right
            repeating=None if differ is False else alike,
        )
    if len(looks) >= how.background.fewest:
        share = len(largest_background(looks, how.background.overlap)) / len(looks)
        facts = replace(facts, same_background=round(100 * share), background_repeats=share >= how.background.group)
    return facts


def _names(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(sorted(sample.shown for sample in samples))
