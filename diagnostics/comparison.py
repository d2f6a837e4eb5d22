"""Two reports of one person: what changed in the settings, the curve and the findings. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.report import Report
from knowledge.expressions import Value

_SETTINGS = (
    "model", "rank", "alpha", "learning_rate", "optimizer", "lr_scheduler", "batch_size", "gradient_accumulation",
    "gradient_checkpointing", "epochs", "steps", "precision", "quantize", "quantize_type", "low_vram", "resolution",
    "save_every", "caption_extension", "trigger_word", "images",
)  # fmt: skip
"""Facts that a person sets, in the order in which they matter; the rest is what became of the run."""


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that both reports know, and that differs."""

    name: str
    before: Value
    now: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one report to the next."""

    settings: tuple[Change, ...]
    curve: tuple[str, str] | None
    """The pattern of the curve, before and now, where it changed."""
    gone: tuple[str, ...]
    """Titles of the findings that are gone, the likeliest first."""
    new: tuple[str, ...]
    still: tuple[str, ...]


def compare(before: Report, now: Report) -> Comparison:
    """Compare two reports. What only one of them knows is no change: files may be missing."""
    settings = tuple(
        Change(name, before.facts[name], now.facts[name])
        for name in _SETTINGS
        if name in before.facts and name in now.facts and before.facts[name] != now.facts[name]
    )
    curve = None
    if before.loss and now.loss and before.loss.pattern is not now.loss.pattern:
        curve = (before.loss.pattern.value.replace("-", " "), now.loss.pattern.value.replace("-", " "))
    earlier = {finding.id: finding.title for finding in before.findings}
    later = {finding.id: finding.title for finding in now.findings}
    return Comparison(
        settings,
        curve,
        tuple(title for id, title in earlier.items() if id not in later),
        tuple(title for id, title in later.items() if id not in earlier),
        tuple(title for id, title in later.items() if id in earlier),
    )
