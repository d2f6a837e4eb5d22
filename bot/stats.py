"""What recurs, counted over a time and named in the field's words: the same for every chat and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cases.marks import Subject
from bot.cases.recurrence import Count, Counts, Recurrence
from bot.cases.spans import BEFORE, Span
from diagnostics.trend import Trend, trend
from knowledge.model import Knowledge

_EPOCH = date(1970, 1, 1)
_LOOKED_UP = 5
"""Unknown errors, the most frequent first, of which the words are looked up; the others go by their fingerprint."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How often one thing was there. `before` is the mean of the four weeks before, over as many days."""

    subject: str
    name: str
    cases: int
    people: int
    before: float
    trend: Trend
    solved: float | None
    """Share of 0..1 that was fixed, of the `said` about which anyone said what became of them."""
    said: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Everything that is counted over the days from `first` to `last` (UTC)."""

    first: date
    last: date
    total: Entry
    median_answer: float | None
    """Seconds."""
    median_fixed: float | None
    kinds: Mapping[str, tuple[Entry, ...]]
    """What was counted, by `stats.kinds` of knowledge/chat.yaml; the most frequent first."""
    by_day: tuple[int, ...]

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


async def gather(recurrence: Recurrence, span: Span, knowledge: Knowledge) -> Stats:
    """Count everything over a span, from the tallies alone."""
    counts = await recurrence.counts(span)
    unknown = [count.subject for count in counts.of.get(Subject.FINGERPRINT, ())[:_LOOKED_UP]]
    texts = {each: await recurrence.error_text(each, span) for each in unknown}
    return named(counts, texts, knowledge)


def named(counts: Counts, texts: Mapping[str, str], knowledge: Knowledge) -> Stats:
    """Return counts with the names that people know; `texts` are the words of errors, by fingerprint."""
    span = counts.span
    kinds = [kind for kind in knowledge.chat.stats.kinds if kind != Subject.SERVER or span.server is None]
    return Stats(
        first=_EPOCH + timedelta(span.first),
        last=_EPOCH + timedelta(span.end - 1),
        total=_entry(counts.total, "", span, knowledge),
        median_answer=counts.median_answer,
        median_fixed=counts.median_fixed,
        kinds={
            kind: tuple(
                _entry(count, _name(kind, count.subject, texts, knowledge), span, knowledge)
                for count in counts.of.get(kind, ())
            )
            for kind in kinds
            if counts.of.get(kind)
        },
        by_day=counts.by_day,
    )


def _entry(count: Count, name: str, span: Span, knowledge: Knowledge) -> Entry:
    moved = trend(count.cases, count.before, span.days / (span.days + BEFORE), knowledge.recurrence.chance)
    before = count.before * span.days / BEFORE
    said = count.fixed + count.failed + count.wrong
    return Entry(count.subject, name, count.cases, count.people, before, moved, count.solved, said)


def _name(kind: str, subject: str, texts: Mapping[str, str], knowledge: Knowledge) -> str:
    if kind == Subject.FINDING:
        rule = knowledge.rules.get(subject)
        return rule.title if rule else subject or knowledge.chat.stats.nothing_found
    if kind == Subject.FINGERPRINT:
        return texts.get(subject) or subject
    return subject
