"""What recurs, on the terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.amounts import duration, mean, percent
from bot.chart import draw
from bot.chat.stats import bars
from bot.stats import Entry, Stats
from knowledge.chat import ChatWords


def show_stats(stats: Stats, said: ChatWords, most: int, console: Console | None = None) -> None:
    """Print the counts of each kind, the `most` frequent first."""
    console = console or Console(highlight=False)
    words = said.stats
    console.print(f"[bold]{words.title.format(days=stats.days)}[/] ({stats.first} – {stats.last})")  # noqa: RUF001
    if not stats.total.cases:
        console.print(words.empty)
        return
    answer, fixed = (
        words.nobody if each is None else duration(each) for each in (stats.median_answer, stats.median_fixed)
    )
    console.print(words.medians.format(answer=answer, fixed=fixed))
    for heading, entries in (("", (stats.total,)), *((words.kinds[kind], each) for kind, each in stats.kinds.items())):
        table = Table(title=heading or None, title_justify="left", box=None, title_style="bold")
        for name in words.columns:
            table.add_column(name, justify="left" if name == words.columns[0] else "right")
        for entry in entries[:most]:
            table.add_row(escape(entry.name), *_row(entry, said))
        console.print(table)
        if len(entries) > most:
            console.print(words.further.format(count=len(entries) - most), style="dim")


def _row(entry: Entry, said: ChatWords) -> tuple[str, ...]:
    words = said.stats
    moved = words.trends[entry.trend.value].format(before=mean(entry.before))
    solved = "" if entry.solved is None else words.row_solved.format(percent=percent(entry.solved), said=entry.said)
    return str(entry.cases), str(entry.people), moved, solved


def draw_stats(stats: Stats, said: ChatWords) -> bytes | None:
    """Draw the counts as a PNG; None where there is nothing to draw."""
    return draw(bars(stats), stats.by_day, stats.first, said.stats.chart)


def to_dict(stats: Stats) -> dict[str, Any]:
    """Return everything as plain values for JSON; times in seconds, days as ``2026-11-23``."""
    return {**asdict(stats), "first": stats.first.isoformat(), "last": stats.last.isoformat()}
