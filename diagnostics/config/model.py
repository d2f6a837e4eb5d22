"""What every config reader returns: normal names, each value with the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from diagnostics.bundle import Document, Evidence
from knowledge.entry import SettingValue
from knowledge.facts import ConfigFacts


@dataclass(frozen=True, slots=True)
class Observation:
    """Something about the file that a person should know; `kind` is the id of a pitfall in `knowledge/config/`."""

    kind: str
    evidence: Evidence
    values: Mapping[str, str] = field(default_factory=dict)
    repair: Mapping[str, SettingValue] = field(default_factory=dict)
    """What the person evidently meant, in normal names: a number without its quotes, a value under its right key."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """One training configuration.

    `origins` maps a field name of `values` to the line that sets it; a field without an origin holds the trainer's
    default (and is then in ``values.defaulted``) or was computed.
    """

    trainer: str
    values: ConfigFacts
    origins: Mapping[str, Evidence]
    observations: tuple[Observation, ...]
    document: Document
    paths: Mapping[str, str] = field(default_factory=dict)
    """Normal name -> where the trainer keeps it, e.g. ``config.process[0].train.lr``, for patches and messages."""
