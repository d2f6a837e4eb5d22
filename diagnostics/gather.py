"""Brings together what the parts of a bundle say into one set of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from statistics import median
from typing import TypeVar

import re2

from diagnostics.config.model import TrainingConfig
from diagnostics.log.model import LogReading
from diagnostics.loss.model import CurveVerdict
from diagnostics.samples.family import family_of
from knowledge.expressions import Context, Value, context_of
from knowledge.facts import ConfigFacts, Facts, LogFacts, LoraFacts, LossFacts, MessageFacts, SampleFacts, TestedFacts
from knowledge.model import Profile
from knowledge.patterns import quiet_options
from knowledge.pictures import PictureKnowledge

T = TypeVar("T", ConfigFacts, LogFacts)

_FROM = {
    # fact in the report -> where it is looked up, the surest first
    "model": ("config.model", "log.model"),
    "arch": ("config.arch",),
    "rank": ("config.rank", "log.rank", "message.rank"),
    "alpha": ("config.alpha", "log.alpha"),
    "learning_rate": ("config.learning_rate", "log.learning_rate", "message.learning_rate"),
    "optimizer": ("config.optimizer",),
    "lr_scheduler": ("config.lr_scheduler",),
    "batch_size": ("config.batch_size", "log.batch_size", "message.batch_size"),
    "gradient_accumulation": ("config.gradient_accumulation", "log.gradient_accumulation"),
    "gradient_checkpointing": ("config.gradient_checkpointing",),
    "epochs": ("config.epochs", "log.epochs", "message.epochs"),
    "steps": ("config.steps", "log.steps", "message.steps"),
    "last_step": ("log.last_step",),
    "precision": ("config.precision",),
    "quantize": ("config.quantize",),
    "quantize_type": ("config.quantize_type",),
    "low_vram": ("config.low_vram",),
    "resolution": ("config.resolution",),
    "save_every": ("config.save_every",),
    "caption_extension": ("config.caption_extension",),
    "trigger_word": ("config.trigger_word",),
    "dataset_paths": ("config.dataset_paths",),
    "images": ("dataset.images", "log.images", "message.images"),
    "captions": ("dataset.captions",),
    "checkpoints": ("log.checkpoints",),
    "samples": ("log.samples",),
    "gpu": ("log.gpu", "machine.gpu", "message.gpu"),
    "vram_gib": ("log.vram_gib", "machine.vram_gib", "message.vram_gib"),
    "ram_gib": ("log.ram_gib", "machine.ram_gib", "message.ram_gib"),
    "seconds_per_step": ("log.seconds_per_step", "message.seconds_per_step"),
    "torch_version": ("log.torch_version", "machine.torch_version"),
    "strength": ("tested.strength",),
    "checkpoint_step": ("tested.checkpoint_step",),
    "checkpoint_epoch": ("tested.checkpoint_epoch",),
    "steps_per_epoch": ("dataset.steps_per_epoch",),
}


def merge(parts: Sequence[T], empty: T) -> T:
    """Merge several readings of one kind: the first that knows a field wins."""
    merged = empty
    for part in parts:
        merged = _fill_in(merged, part, {field.name for field in fields(part)})
    return merged


def config_facts(configs: Sequence[TrainingConfig], log: LogFacts) -> ConfigFacts:
    """Merge the configs of a bundle and add the epochs where steps and dataset size give them.

    What any file says goes before what another's trainer takes by default.
    """
    merged = ConfigFacts()
    for config in configs:
        written = {field.name for field in fields(config.values)} - config.values.defaulted - {"defaulted"}
        merged = _fill_in(merged, config.values, written)
    said = merged
    for config in configs:
        merged = _fill_in(merged, config.values, set(config.values.defaulted))
    by_default = frozenset(
        field.name for field in fields(merged) if getattr(merged, field.name) != getattr(said, field.name)
    )
    images = log.images_with_repeats
    if merged.epochs is None and merged.steps and images:
        per_step = (merged.batch_size or 1) * (merged.gradient_accumulation or 1)
        merged = replace(merged, epochs=round(merged.steps * per_step / images, 1))
    return replace(merged, defaulted=by_default)


def log_facts(readings: Sequence[LogReading]) -> LogFacts:
    """Merge the logs of a bundle: the one that shows most of the run leads."""
    ranked = sorted(readings, key=lambda reading: -(reading.facts.last_step or 0))
    return merge([reading.facts for reading in ranked], LogFacts())


def _fill_in(merged: T, part: T, names: set[str]) -> T:
    known = {name: getattr(part, name) for name in names if getattr(merged, name) in (None, (), frozenset())}
    return replace(merged, **known)


def tested_facts(
    samples: SampleFacts,
    lora: LoraFacts,
    message: MessageFacts,
    config: ConfigFacts,
    log: LogFacts,
    how: PictureKnowledge,
) -> TestedFacts:
    """How the LoRA was tested: what the pictures say goes before the LoRA file, and that before the words."""
    strengths = samples.strengths or ((message.strength,) if message.strength is not None else ())
    # the samples of a whole run say nothing of the checkpoint that somebody complains about
    step = samples.steps[0] if samples.steps and len(samples.steps) == 1 else None
    epoch = samples.epochs[0] if samples.epochs and len(samples.epochs) == 1 else None
    if step is None and epoch is None and samples.last_checkpoint:
        step, epoch = config.steps, round(config.epochs) if config.epochs else None
    if step is None and epoch is None:
        step, epoch = lora.step, lora.epoch
    if step is None and epoch is None:
        step, epoch = message.checkpoint_step, message.checkpoint_epoch
    return TestedFacts(
        strength=median(strengths) if strengths else None,
        least_strength=min(strengths, default=None),
        most_strength=max(strengths, default=None),
        checkpoint_epoch=epoch,
        checkpoint_step=step,
        trained_family=family_of((config.arch, config.model, lora.model, log.model), how.families),
    )


def loss_facts(verdict: CurveVerdict | None) -> LossFacts:
    """The verdict on the curve, in the names that rules use."""
    if verdict is None:
        return LossFacts()
    return LossFacts(
        pattern=verdict.pattern.value,
        confidence=verdict.confidence,
        points=verdict.points,
        start=verdict.start,
        end=verdict.end,
        drop=verdict.drop,
        slope_per_1k=verdict.slope_per_1k,
        spike_rate=verdict.spike_rate,
        plateau_step=verdict.plateau_step,
        profile_fits=verdict.profile_similarity is not None,
        second_witness_needed=verdict.second_witness_needed,
    )


def select_profile(names: Iterable[str | None], profiles: Iterable[Profile]) -> Profile | None:
    """Return the profile that one of the model `names` selects, in the order of the names."""
    options = quiet_options()
    options.case_sensitive = False
    for name in names:
        for profile in profiles:
            if name and any(re2.search(pattern, name, options) for pattern in profile.models):
                return profile
    return None


def context_for(facts: Facts, profile: Profile | None) -> Context:
    """Return what expressions see: the facts, and the settings of the profile that the model selects."""
    return context_of(facts, dict(profile.settings) if profile else None)


def report_facts(context: Context) -> dict[str, Value]:
    """Return the facts that the report prints, each from the surest place that knows it."""
    found: dict[str, Value] = {}
    for name, places in _FROM.items():
        for place in places:
            group, field = place.split(".")
            if field in context[group]:
                found[name] = context[group][field]
                break
    return found
