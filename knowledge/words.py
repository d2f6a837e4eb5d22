"""Types of sentences: the placeholders that each must hold are part of its type."""

from __future__ import annotations

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from knowledge.entry import Text


def holding(*names: str) -> AfterValidator:
    """Return a check that a sentence holds these placeholders and no other."""

    def check(text: str) -> str:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if found != set(names):
            wanted = ", ".join(f"{{{name}}}" for name in names) or "no"
            raise ValueError(f"must hold the placeholders {wanted}")
        return text

    return AfterValidator(check)


Plain = Annotated[Text, holding()]
Items = Annotated[Text, holding("items")]
Count = Annotated[Text, holding("count")]
OneOrMore = tuple[Plain, Plain]
"""A word for one thing and for several."""
Case = Annotated[Text, holding("case")]
CaseAndCount = Annotated[Text, holding("case", "count")]
