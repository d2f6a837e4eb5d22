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


class TrialWords(Entry):
    """What a rule that is tried would have changed."""

    nothing: Plain
    cases: tuple[Count, Count]
    total: Annotated[Text, holding("rule", "hits", "tried", "false")]
    effects: dict[Text, Plain]
    rescued: Annotated[Text, holding("cases")]
    mistaken: Plain
    examples: Plain
    further: Count
    limits: Plain


class DigestWords(Entry):
    """The weekly digest."""

    title: Annotated[Text, holding("first", "last")]
    late: Annotated[Text, holding("due")]
    empty: Plain
    cases: tuple[Count, Count]
    solved: Annotated[Text, holding("percent", "said")]
    nobody_said: Plain
    medians: Annotated[Text, holding("answer", "fixed")]
    not_known: Plain
    """In place of a time that is not known."""
    trends: dict[Text, Annotated[Text, holding("before")]]
    """Rising, falling and steady; ``{before}`` is the mean week of the four before."""
    findings: Plain
    waiting: Count
    waiting_row: Annotated[Text, holding("case", "title")]
    waiting_more: Count
    waiting_none: Plain
    unknown: Plain
    unknown_new: Plain
    unknown_row: Annotated[Text, holding("count", "moved")]
    draft: Annotated[Text, holding("files")]
    drafted: tuple[Plain, ...]
    """Remarks on top of the draft of a rule."""
    wrong: Plain
    wrong_row: Annotated[Text, holding("wrong", "cases")]
    dataset: Annotated[Text, holding("percent", "guide")]
    footer: Annotated[Text, holding("week")]
    now: Plain
    """In place of the footer where a moderator asked for it."""
    nowhere: Plain
    posted: Plain
    no_place: Plain
    chart: ChartWords
    chart_says: Annotated[Text, holding("items")]
    chart_item: Annotated[Text, holding("title", "count", "before")]
