"""What the chats say about what recurs: beside a report, in /stats and in the weekly digest."""

from __future__ import annotations

from typing import Annotated

from knowledge.entry import Entry, Text
from knowledge.words import Count, Items, Plain, holding


class RecurrenceWords(Entry):
    """All of it."""

    nth: Annotated[Text, holding("nth")]
    best: Annotated[Text, holding("nth", "helped", "tried", "fix")]
    """The same, with the fix that worked most often."""
    tried: Annotated[Text, holding("helped", "tried")]
    which_helped: Plain
    which_tried: Plain
    noted: Plain
    not_noted: Plain
    since: Annotated[Text, holding("case")]
    changed: Annotated[Text, holding("name", "before", "now")]
    curve: Annotated[Text, holding("before", "now")]
    gone: Items
    new: Items
    still: Items
    nothing_changed: Plain


class ChartWords(Entry):
    """In the picture of the counts."""

    causes: Plain
    days: Plain
    now: Plain
    before: Plain


class StatsWords(Entry):
    """Counts over many cases."""

    title: Annotated[Text, holding("days")]
    empty: Plain
    cases: tuple[Count, Count]
    """For one, and for several."""
    people: tuple[Count, Count]
    total: Annotated[Text, holding("cases", "people")]
    medians: Annotated[Text, holding("answer", "fixed")]
    nobody: Plain
    """In place of a time that is not known."""
    kinds: dict[Text, Plain]
    """Headings of what is counted, in order."""
    row: Annotated[Text, holding("cases", "people")]
    row_solved: Annotated[Text, holding("percent", "said")]
    trends: dict[Text, Annotated[Text, holding("before")]]
    """Rising, falling and steady; ``{before}`` is the mean of the four weeks before over as many days."""
    columns: tuple[Plain, Plain, Plain, Plain, Plain]
    """Heads of the table at the terminal."""
    further: Count
    chart: ChartWords
    nothing_found: Plain


class DigestWords(Entry):
    """The weekly digest."""

    title: Annotated[Text, holding("first", "last")]
    late: Plain
    empty: Plain
    waiting: Count
    waiting_none: Plain
    unknown: Plain
    unknown_new: Plain
    unknown_growing: Annotated[Text, holding("before")]
    draft: Annotated[Text, holding("file")]
    wrong: Plain
    wrong_row: Annotated[Text, holding("wrong", "cases")]
    dataset: Annotated[Text, holding("percent", "guide")]
    footer: Plain
    nowhere: Plain
