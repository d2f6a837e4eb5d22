"""The picture of a digest: the most frequent causes against the weeks before, and the cases of each day.

It has a ground of its own, so it can be read in dark and in light mode; week and weeks before differ in shape and
brightness too, for the colour-blind.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from textwrap import shorten
from typing import TYPE_CHECKING

from bot.digest.model import Digest, Moved
from diagnostics.loss.theme import THEMES, Theme, ThemeName
from knowledge.model import Knowledge

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, DPI = 800, 100
_HEAD, _ROW, _FOOT = 74, 46, 44
"""Pixels above the bars, of each, and below them."""
_LONGEST = 30
_BEFORE = "#f0b232"


def draw(digest: Digest, knowledge: Knowledge, theme: ThemeName = "dark") -> bytes | None:
    """Draw a digest as a PNG, 800 pixels wide; None where there is nothing to draw.

    Uses no global state of matplotlib, so that threads may draw at once.
    """
    if not digest.findings:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours, words = THEMES[theme], knowledge.chat.digest
    height = _HEAD + _ROW * max(len(digest.findings), 3) + _FOOT
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=colours.background)
    FigureCanvasAgg(figure)
    bottom, tall = _FOOT / height, 1 - (_HEAD + _FOOT) / height
    causes, days = figure.add_axes((0.29, bottom, 0.36, tall)), figure.add_axes((0.73, bottom, 0.25, tall))
    for axes, title, left in ((causes, words.chart, 0.02), (days, words.chart_days, 0.72)):
        _frame(axes, colours)
        figure.text(left, 1 - 24 / height, title, color=colours.text, fontsize=13, weight="bold", va="center")
    _causes(causes, digest.findings, [_title(each, knowledge) for each in digest.findings], colours)
    _days(days, digest.by_day, digest.first, colours)
    handles = dict(zip(*reversed(causes.get_legend_handles_labels()), strict=True))
    figure.legend(
        [handles["now"], handles["before"]],
        [words.chart_now, words.chart_before],
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


def _causes(axes: Axes, findings: Sequence[Moved], titles: Sequence[str], colours: Theme) -> None:
    places = range(len(findings))
    axes.barh(places, [each.cases for each in findings], height=0.56, color=colours.trend, label="now")
    before = [each.before for each in findings]
    axes.plot(
        before,
        places,
        "D",
        color=_BEFORE,
        markersize=8,
        markeredgecolor=colours.background,
        markeredgewidth=1.5,
        label="before",
    )
    for place, each in zip(places, findings, strict=True):
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
    axes.set_yticks(places, titles)
    axes.tick_params(axis="y", labelcolor=colours.text, labelsize=10)
    axes.set_ylim(max(len(findings), 3) - 0.5, -0.5)
    axes.set_xlim(0, max([*before, *(each.cases for each in findings), 1]) * 1.2)
    axes.locator_params(axis="x", nbins=5, integer=True)
    axes.grid(True, axis="x", color=colours.grid, linewidth=0.6)


def _days(axes: Axes, cases: Sequence[int], first: date, colours: Theme) -> None:
    places = range(len(cases))
    axes.bar(places, cases, width=0.62, color=colours.trend)
    axes.set_xticks(places, [f"{first + timedelta(day):%a}" for day in places], va="baseline")
    axes.tick_params(axis="x", pad=13)
    axes.locator_params(axis="y", nbins=5, integer=True)
    axes.set_ylim(0, max([*cases, 1]) * 1.08)
    axes.grid(True, axis="y", color=colours.grid, linewidth=0.6)


def _frame(axes: Axes, colours: Theme) -> None:
    axes.set_facecolor(colours.background)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(colors=colours.faint_text, labelsize=9, length=0)


def _title(moved: Moved, knowledge: Knowledge) -> str:
    rule = knowledge.rules.get(moved.subject)
    # a dollar sign would begin a formula
    return shorten(rule.title if rule else moved.subject, _LONGEST, placeholder="…").replace("$", r"\$")
