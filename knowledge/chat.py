"""What the chats say around a report, a guide page or a case."""

from __future__ import annotations

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from knowledge.entry import Entry, Text


def _holding(*names: str) -> AfterValidator:
    def check(text: str) -> str:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if found != set(names):
            wanted = ", ".join(f"{{{name}}}" for name in names) or "no"
            raise ValueError(f"must hold the placeholders {wanted}")
        return text

    return AfterValidator(check)


Plain = Annotated[Text, _holding()]
Items = Annotated[Text, _holding("items")]
Count = Annotated[Text, _holding("count")]
OneOrMore = tuple[Plain, Plain]
"""A word for one thing and for several."""


class ChatWords(Entry):
    """Words of the cards; the placeholders that each must hold are part of its type."""

    severities: dict[Text, Plain]
    certainty: Annotated[Text, _holding("percent")]
    first: Plain
    then: Plain
    check: Plain
    legend: Plain
    more_rows: Count
    ruled_out: Items
    also: Plain
    curve: Plain
    corrected: Plain
    missing: Items
    unknown: Plain
    nothing_found: Plain
    cannot_tell: Plain
    nothing_usable: Plain
    no_report: Plain
    differs: Plain
    differs_remark: Plain
    notes: Plain
    evidence: Plain
    fixes: Plain
    commands: Plain
    test: Plain
    provided: Plain
    still: Plain
    facts: Plain
    skipped: Annotated[Text, _holding("part", "reason")]
    skipped_more: Count
    redacted: Items
    redacted_advice: Plain
    remember: Annotated[Text, _holding("remark")]
    footer: Annotated[Text, _holding("case")]
    more: Plain
    page: Annotated[Text, _holding("page", "pages")]
    old_report: Plain
    places: dict[Text, Plain]
    """What to call the places of evidence that are no files."""
    kinds: dict[Text, OneOrMore]
    """What to call each kind of replaced value; others go by their own name."""
    secrets: frozenset[Text]
    """Kinds that give access to something, and so are to be made anew."""
    headline: dict[Text, Annotated[Text, _holding("")]]
    """Facts of the footer, in order, by their name in `knowledge.facts`."""
    buttons: dict[Text, Plain]
