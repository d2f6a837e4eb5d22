"""The picture of what recurs: the most frequent causes against the weeks before, and the cases of each day.

It has a ground of its own, so it can be read in dark and in light mode; now and before differ in shape and brightness
too, for the colour-blind.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import shorten
from typing import TYPE_CHECKING

from diagnostics.loss.theme import THEMES, Theme, ThemeName
from knowledge.recurrence_words import ChartWords

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, DPI = 800, 100
_HEAD, _ROW, _FOOT = 74, 46, 44
"""Pixels above the bars, of each, and below them."""
_LONGEST = 27
_BEFORE = "#f0b232"
_WEEK = 7
_DATES = 3
"""Days that are named where there are more of them than a week."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How often one thing was there, and the mean of the four weeks before over as many days."""

    name: str
    cases: int
    before: float


def draw(
    bars: Sequence[Bar], by_day: Sequence[int], first: date, words: ChartWords, theme: ThemeName = "dark"
) -> bytes | None:
    """Draw counts as a PNG, 800 pixels wide; None where there is nothing to draw. `first` is the day of `by_day[0]`.

    Uses no global state of matplotlib, so that threads may draw at once.
    """
    if not bars:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = THEMES[theme]
    height = _HEAD + _ROW * max(len(bars), 3) + _FOOT
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=colours.background)
    FigureCanvasAgg(figure)
    bottom, tall = _FOOT / height, 1 - (_HEAD + _FOOT) / height
    causes, days = figure.add_axes((0.29, bottom, 0.36, tall)), figure.add_axes((0.73, bottom, 0.25, tall))
    for axes, title, left in ((causes, words.causes, 0.02), (days, words.days, 0.72)):
        _frame(axes, colours)
        figure.text(left, 1 - 24 / height, title, color=colours.text, fontsize=13, weight="bold", va="center")
    _causes(causes, bars, colours)
    _days(days, by_day, first, colours)
    handles = dict(zip(*reversed(causes.get_legend_handles_labels()), strict=True))
    figure.legend(
        [handles["now"], handles["before"]],
        [words.now, words.before],
        loc="center left",
        bbox_to_anchor=(0.01, 1 - 52 / height),
        ncols=2,
        frameon=False,
        fontsize=9,
        labelcolor=colours.faint_text,
        handletextpad=0.5,
        columnspacing=1.4,
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _causes(axes: Axes, bars: Sequence[Bar], colours: Theme) -> None:
    places = range(len(bars))
    axes.barh(places, [each.cases for each in bars], height=0.56, color=colours.trend, label="now")
    before = [each.before for each in bars]
    edge = colours.background
    axes.plot(
        before, places, "D", color=_BEFORE, markersize=8, markeredgecolor=edge, markeredgewidth=1.5, label="before"
    )
    for place, each in zip(places, bars, strict=True):
        axes.annotate(
            str(each.cases),
            (1, place),
            xycoords=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            color=colours.text,
            fontsize=10,
            weight="bold",
        )
    axes.set_yticks(places, [_name(each.name) for each in bars])
    axes.tick_params(axis="y", labelcolor=colours.text, labelsize=10)
    axes.set_ylim(max(len(bars), 3) - 0.5, -0.5)
    axes.set_xlim(0, max([*before, *(each.cases for each in bars)]) * 1.2)
    axes.locator_params(axis="x", nbins=5, integer=True)
    axes.grid(True, axis="x", color=colours.grid, linewidth=0.6)


def _days(axes: Axes, cases: Sequence[int], first: date, colours: Theme) -> None:
    places = range(len(cases))
    axes.bar(places, cases, width=0.62 if len(cases) <= _WEEK else 0.9, color=colours.trend)
    if len(cases) <= _WEEK:
        axes.set_xticks(places, [f"{first + timedelta(day):%a}" for day in places], va="baseline")
    else:
        named = [round(place * (len(cases) - 1) / (_DATES - 1)) for place in range(_DATES)]
        axes.set_xticks(named, [_date(first + timedelta(day)) for day in named], va="baseline")
    axes.tick_params(axis="x", pad=13)
    axes.locator_params(axis="y", nbins=5, integer=True)
    axes.set_ylim(0, max([*cases, 1]) * 1.08)
    axes.grid(True, axis="y", color=colours.grid, linewidth=0.6)


def _date(day: date) -> str:
    return f"{day.day} {day:%b}"


def _frame(axes: Axes, colours: Theme) -> None:
    axes.set_facecolor(colours.background)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(colors=colours.faint_text, labelsize=9, length=0)


def _name(name: str) -> str:
    # a dollar sign would begin a formula
    return shorten(name, _LONGEST, placeholder="…").replace("$", r"\$")
