"""How much what people report weighs against the guide, and when a count is called growing."""

from __future__ import annotations

from pydantic import Field

from knowledge.entry import Entry, Probability, Text


class Prior(Entry):
    """Beta priors of the success of a fix row, by the guide's priority: means, and their weight in people."""

    weight: float = Field(gt=0)
    high: Probability
    medium: Probability
    low: Probability
    unranked: Probability


class RecurrenceRules(Entry):
    """All of it."""

    source: Text
    prior: Prior
    least_quoted: int = Field(ge=1)
    chance: Probability
    least_growing: int = Field(ge=1)
    least_drafted: int = Field(ge=1)
    dataset_share: Probability
    """The guide's share of dataset problems among all issues."""
