"""Counts over many cases as a card."""

from __future__ import annotations

from collections.abc import Sequence

from bot.amounts import counted, duration, mean, percent
from bot.cases.marks import Subject
from bot.chart import Bar
from bot.chat.blocks import Block, Card, Heading, Picture, Row, Text, Tone
from bot.chat.text import bold, cut, line
from bot.stats import Entry, Stats
from knowledge.chat import ChatWords

PICTURE = "stats.png"
_MOST = 6
_LONGEST = 80


def stats_card(stats: Stats, said: ChatWords, chart: bytes | None = None) -> Card:
    """Return the counts: in all, then of each kind the most frequent, with trend and share solved."""
    words = said.stats
    blocks: list[Block] = [Heading(words.title.format(days=stats.days), 1)]
    if not stats.total.cases:
        return Card(Tone.NEUTRAL, (*blocks, Text(line(words.empty))))
    blocks.append(Text(line(bold(_total(stats.total, said)), f" · {about(stats.total, said)}")))
    answer, fixed = (
        words.nobody if each is None else duration(each) for each in (stats.median_answer, stats.median_fixed)
    )
    blocks.append(Text(line(words.medians.format(answer=answer, fixed=fixed))))
    if chart:
        blocks.append(Picture(PICTURE, chart, chart_says(stats, said), rank=1))
    for kind, entries in stats.kinds.items():
        blocks.append(Heading(words.kinds[kind]))
        blocks += _rows(entries, said)
    return Card(Tone.INFO, tuple(blocks))


def about(entry: Entry, said: ChatWords) -> str:
    """Return how a count moved and what became of its cases."""
    words = said.stats
    parts = [words.trends[entry.trend.value].format(before=mean(entry.before))]
    if entry.solved is not None:
        parts.append(words.row_solved.format(percent=percent(entry.solved), said=entry.said))
    return " · ".join(parts)


def amount(entry: Entry, said: ChatWords) -> str:
    """Return how many cases of how many people."""
    words = said.stats
    return words.row.format(cases=counted(entry.cases, words.cases), people=counted(entry.people, words.people))


def chart_says(stats: Stats, said: ChatWords) -> str:
    """Return what the chart shows, for those who cannot see it."""
    return f"{said.stats.chart.causes}: " + "; ".join(f"{each.name} {each.cases}" for each in bars(stats))


def bars(stats: Stats) -> tuple[Bar, ...]:
    """Return what the chart shows of the most frequent causes."""
    causes = stats.kinds.get(Subject.FINDING, ())
    return tuple(Bar(each.name, each.cases, each.before) for each in causes[:_MOST])


def _total(entry: Entry, said: ChatWords) -> str:
    words = said.stats
    return words.total.format(cases=counted(entry.cases, words.cases), people=counted(entry.people, words.people))


def _rows(entries: Sequence[Entry], said: ChatWords) -> list[Block]:
    return [
        Row(
            line(bold(cut(each.name.replace("`", "'"), _LONGEST)), f" · {amount(each, said)}"),
            below=line(about(each, said)),
            rank=min(place, 2),
        )
        for place, each in enumerate(entries[:_MOST])
    ]
