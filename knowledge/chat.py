"""What the chats say around a report, a guide page or a case."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from knowledge.entry import Entry, Text
from knowledge.recurrence_words import DigestWords, RecurrenceWords, StatsWords
from knowledge.words import Case, CaseAndCount, Count, Items, OneOrMore, Plain, holding


class GuideWords(Entry):
    """Around the pages of the guided tree and the checklists."""

    title: Plain
    arrow: Plain
    hint: Plain
    first: Plain
    fixes: Plain
    symptoms: Plain
    test: Plain
    commands: Plain
    checklists: Plain
    choose_checklist: Plain
    priority: Annotated[Text, holding("priority")]


class CaseWords(Entry):
    """Around a case that is looked up."""

    title: Case
    states: dict[Text, Plain]
    received: Plain
    answered: Plain
    files: Plain
    none: Case
    findings: Plain
    feedback: Plain
    counted: Annotated[Text, holding("count", "verdict")]
    verdicts: dict[Text, Plain]


class ReceiptWords(Entry):
    """What a person hears at once, before the diagnosis."""

    opened: Case
    waiting: tuple[CaseAndCount, CaseAndCount]
    """For one case before this one, and for several."""
    added: Case
    known: Case
    unchanged: Case
    ignored: Plain
    cooling: Annotated[Text, holding("seconds")]
    elsewhere: Case
    """For a case whose answer appears in another place than this."""


class Sentences(Entry):
    """Answers to a press of a button or to a command."""

    fixed: Plain
    did_not_help: Plain = Field(alias="did-not-help")
    wrong: Plain
    add_files: Case = Field(alias="add-files")
    called: Case
    called_already: Case
    nobody_to_call: Plain
    deleted: Case
    forgotten: tuple[Count, Count]
    nothing_to_forget: Plain
    no_such_case: Case
    not_yours: Plain
    moderators_only: Plain
    saved: Plain
    failed: Plain
    gone: Plain


class FormWords(Entry):
    """The form for files and symptoms."""

    title: Plain
    files: Plain
    files_below: Plain
    symptoms: Plain
    symptoms_below: Plain
    send: Plain
    empty: Plain


class HomeWords(Entry):
    """A person's own page."""

    title: Plain
    text: Plain
    cases: Plain
    none: Plain
    choose: Plain


class SettingsWords(Entry):
    """The settings of a server, for its moderators."""

    title: Plain
    channels: Plain
    channels_hint: Plain
    answer_in: Plain
    answer_in_options: dict[Text, Plain]
    role: Plain
    role_hint: Plain
    digest_channel: Plain
    digest_hint: Plain
    digest_hour: Plain
    time_zone: Plain
    quiet: Plain
    loud: Plain
    time_zones: tuple[Text, ...]
    """Those to choose from; any other can be set by a command."""


class ChatWords(Entry):
    """Words of the cards; the placeholders that each must hold are part of its type."""

    severities: dict[Text, Plain]
    certainty: Annotated[Text, holding("percent")]
    first: Plain
    then: Plain
    check: Plain
    legend: Plain
    legend_all: Plain
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
    columns: tuple[Plain, Plain]
    """Heads of a fix table: what to do, and why."""
    test: Plain
    provided: Plain
    still: Plain
    facts: Plain
    skipped: Annotated[Text, holding("part", "reason")]
    skipped_more: Count
    redacted: Items
    redacted_advice: Plain
    remember: Annotated[Text, holding("remark")]
    footer: Annotated[Text, holding("case")]
    more: Plain
    page: Annotated[Text, holding("page", "pages")]
    long_report: Plain
    old_report: Plain
    expired: Plain
    """In place of a report whose evidence is past its time."""
    places: dict[Text, Plain]
    """What to call the places of evidence that are no files."""
    kinds: dict[Text, OneOrMore]
    """What to call each kind of replaced value; others go by their own name."""
    secrets: frozenset[Text]
    """Kinds that give access to something, and so are to be made anew."""
    headline: dict[Text, Annotated[Text, holding("")]]
    """Facts of the footer, in order, by their name in `knowledge.facts`."""
    buttons: dict[Text, Plain]
    guide: GuideWords
    case: CaseWords
    receipts: ReceiptWords
    sentences: Sentences
    form: FormWords
    home: HomeWords
    settings: SettingsWords
    recurrence: RecurrenceWords
    stats: StatsWords
    digest: DigestWords
