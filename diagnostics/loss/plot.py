"""The picture of a loss curve: points, trend with band, and what the verdict rests on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.loss.features import Measures
from diagnostics.loss.model import CurveVerdict, Pattern
from diagnostics.loss.prepare import Curve, prepare
from diagnostics.loss.profile import comparable, reference_level
from diagnostics.loss.sketch import excursions, measured, thinned
from diagnostics.loss.theme import THEMES, Theme, ThemeName
from knowledge.model import Profile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, DPI = 800, 450, 100
MOST_POINTS = 1500
"""Points drawn; longer logs show the lowest and highest value of each stretch, so that no spike is lost."""
LOG_SCALE_FROM = 30.0
"""Curves whose middle 98 % span more than this factor get a logarithmic axis."""


def draw(series: Series, verdict: CurveVerdict, profile: Profile | None = None, theme: ThemeName = "dark") -> bytes:
    """Draw a series with its verdict as a PNG of 800 x 450 pixels.

    Uses no global state of matplotlib, so that worker processes and threads may draw at once.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = THEMES[theme]
    curve = prepare(series)
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=colours.background)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.085, 0.125, 0.895, 0.735))
    _frame(axes, colours, series)
    _title(figure, verdict, colours)
    measures = measured(curve)
    if len(curve.loss):
        _points(axes, curve, colours, alone=measures is None)
    reference = comparable(series, profile)
    if reference is not None and len(curve.loss):
        _reference(axes, curve, reference, colours)
    if measures is not None:
        _trend(axes, measures, colours)
        _evidence(axes, measures, verdict, colours)
    _not_finite(axes, verdict, series, colours)
    _limits(axes, series, curve, measures)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="upper right", fontsize=9, facecolor=colours.background, edgecolor=colours.grid, labelcolor=colours.text
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _frame(axes: Axes, colours: Theme, series: Series) -> None:
    axes.set_facecolor(colours.background)
    axes.grid(True, color=colours.grid, linewidth=0.6)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(colors=colours.faint_text, labelsize=9, length=0)
    axes.set_xlabel("epoch" if series.unit is Unit.EPOCH else "step", color=colours.faint_text, fontsize=9, labelpad=2)
    axes.set_ylabel("loss", color=colours.faint_text, fontsize=9, labelpad=2)


def _title(figure: Figure, verdict: CurveVerdict, colours: Theme) -> None:
    colour = colours.patterns[verdict.pattern]
    name = verdict.pattern.value.replace("-", " ")
    figure.text(0.022, 0.925, name, color=colour, fontsize=15, fontweight="bold", va="center")
    certainty = "" if verdict.pattern is Pattern.INSUFFICIENT else f"{100 * verdict.confidence:.0f} % sure, "
    text = f"{certainty}{verdict.points:,} values"
    figure.text(0.98, 0.925, text, color=colours.faint_text, fontsize=10, va="center", ha="right")


def _points(axes: Axes, curve: Curve, colours: Theme, *, alone: bool) -> None:
    steps, loss = thinned(curve.steps, curve.loss, MOST_POINTS)
    size = 22.0 if alone or len(loss) < 60 else 9.0 if len(loss) < 600 else 4.0
    axes.scatter(steps, loss, s=size, color=colours.points, alpha=0.9 if alone else 0.45, linewidths=0, zorder=2)


def _trend(axes: Axes, measures: Measures, colours: Theme) -> None:
    blocks = measures.blocks
    low, high = np.exp(blocks.levels - 1.96 * blocks.errors), np.exp(blocks.levels + 1.96 * blocks.errors)
    axes.fill_between(blocks.centres, low, high, color=colours.trend, alpha=0.22, linewidth=0, zorder=3)
    axes.plot(blocks.centres, np.exp(blocks.levels), color=colours.trend, linewidth=2.2, zorder=4, label="level")


def _reference(axes: Axes, curve: Curve, profile: Profile, colours: Theme) -> None:
    steps = np.linspace(curve.steps[0], curve.steps[-1], 200)
    axes.plot(
        steps,
        reference_level(profile.reference, steps),
        color=colours.reference,
        linewidth=1.6,
        linestyle=(0, (5, 3)),
        zorder=3,
        label=f"{profile.title}: good run",
    )


def _evidence(axes: Axes, measures: Measures, verdict: CurveVerdict, colours: Theme) -> None:
    """Draw in what the verdict rests on."""
    blocks, colour = measures.blocks, colours.patterns[verdict.pattern]
    first, last = float(blocks.steps[0]), float(blocks.steps[-1])
    start, end = verdict.start, verdict.end
    if start is None or end is None:
        return
    match verdict.pattern:
        case Pattern.SPIKES | Pattern.DIVERGED:
            _excursions(axes, measures, colour)
        case Pattern.NO_DECREASE:
            axes.hlines(
                [start, end], [first, last - 0.15 * blocks.span], [first + 0.15 * blocks.span, last], colour, lw=3
            )
            _label(axes, f"start {start:.3g}", first, start, colours, left=True)
            _label(axes, f"end {end:.3g}", last, end, colours, left=False)
        case Pattern.PLATEAU if verdict.plateau_step is not None:
            axes.axvline(verdict.plateau_step, color=colour, linewidth=1.4, linestyle=":", zorder=5)
            axes.hlines(end, verdict.plateau_step, last, colour, lw=3, zorder=5)
            _label(axes, f"flat from step {verdict.plateau_step:,}", verdict.plateau_step, end, colours, left=True)
        case Pattern.TOO_FAST:
            reached = first + measures.change.halved
            axes.axvspan(first, reached, color=colour, alpha=0.25, linewidth=0, zorder=1)
            axes.hlines(end, reached, last, colour, lw=2, zorder=5)
            left = reached < (first + last) / 2
            _label(axes, f"half of the fall by step {reached:,.0f}", reached, start, colours, left=left)
        case Pattern.HEALTHY:
            _label(axes, f"start {start:.3g}", first, start, colours, left=True)
            _label(axes, f"end {end:.3g}", last, end, colours, left=False)
        case _:
            return


def _excursions(axes: Axes, measures: Measures, colour: str) -> None:
    for begin, end in excursions(measures):
        axes.axvspan(begin, end, color=colour, alpha=0.22, linewidth=0, zorder=1)
    centres, trend = measures.blocks.centres, np.exp(measures.trend)
    axes.plot(centres, trend, color=colour, linewidth=1.6, linestyle=":", zorder=5, label="without jumps")


def _label(axes: Axes, text: str, step: float, level: float, colours: Theme, *, left: bool) -> None:
    axes.annotate(
        text,
        (step, level),
        xytext=(6 if left else -6, 8),
        textcoords="offset points",
        ha="left" if left else "right",
        fontsize=10,
        color=colours.text,
        zorder=6,
        bbox={"boxstyle": "round,pad=0.2", "facecolor": colours.background, "edgecolor": "none", "alpha": 0.75},
    )


def _not_finite(axes: Axes, verdict: CurveVerdict, series: Series, colours: Theme) -> None:
    if not verdict.non_finite or verdict.first_non_finite_step is None:
        return
    colour = colours.patterns[Pattern.DIVERGED]
    # of the whole axis: the steps with a finite loss may all lie at one end of it
    middle = (float(series.steps.min()) + float(series.steps.max())) / 2
    axes.axvline(verdict.first_non_finite_step, color=colour, linewidth=2, zorder=5)
    axes.text(
        verdict.first_non_finite_step,
        0.96,
        f" {verdict.non_finite:,} values are not finite,\n the first at step {verdict.first_non_finite_step:,}",
        transform=axes.get_xaxis_transform(),
        color=colours.text,
        fontsize=10,
        va="top",
        ha="right" if verdict.first_non_finite_step > middle else "left",
    )


def _limits(axes: Axes, series: Series, curve: Curve, measures: Measures | None) -> None:
    """Show all of the level, and of the points all but the last per cent where those would flatten the rest."""
    if not len(curve.loss):
        return
    first, last = float(min(series.steps.min(), curve.steps[0])), float(max(series.steps.max(), curve.steps[-1]))
    margin = 0.02 * (last - first) or 1.0
    axes.set_xlim(first - margin, last + margin)
    low, high = (float(value) for value in np.quantile(curve.loss, [0.01, 0.99]))
    if measures is not None:
        level = np.exp(measures.blocks.levels)
        low, high = min(low, float(level.min())), max(high, float(level.max()))
    if measures is not None and float(np.ptp(measures.blocks.levels)) > np.log(LOG_SCALE_FROM):
        axes.set_yscale("log")
        axes.set_ylim(low / 1.5, high * 2)
    else:
        axes.set_ylim(max(0.0, low - 0.25 * (high - low)), high + 0.2 * (high - low) + 1e-9)
