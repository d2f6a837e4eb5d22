"""Which family a base model belongs to, by its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import re2

from knowledge.patterns import quiet_options
from knowledge.pictures import Family


def family_of(names: Iterable[str | None], families: Sequence[Family]) -> str | None:
    """Return the family of the first of `names` that tells it; None where none does."""
    options = quiet_options()
    options.case_sensitive = False
    for name in names:
        for family in families:
            if name and any(re2.search(pattern, name, options) for pattern in family.patterns):
                return family.name
    return None
