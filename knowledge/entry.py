"""What every entry of `knowledge/` is made of.

Unknown keys are mistakes (`extra="forbid"`), so a misspelt key is reported instead of silently doing nothing.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Probability = Annotated[float, Field(gt=0, le=1)]
Expression = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A CEL expression over the facts, e.g. ``config.batch_size > 1``."""
SettingValue = bool | int | float | str


class Entry(BaseModel):
    """Base of all entries: immutable, and strict about unknown keys."""

    # deferred: a model inside another is built once, as part of it
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
