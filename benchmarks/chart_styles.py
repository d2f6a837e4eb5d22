"""Loss charts as four programs show them, drawn by matplotlib: TensorBoard, W&B, the ai-toolkit UI, plain matplotlib.

What is imitated: colours, fonts, grid, forms of the tick labels, thinning (TensorBoard keeps 1,000 values, W&B 1,500),
smoothing (TensorBoard and the ai-toolkit UI draw a smoothed line over or beside the raw one) and what stands around the
chart. The real programs draw with other engines; that is what no rendering here can show.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import cycle, islice, product
from pathlib import Path

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray
from PIL import Image

from diagnostics.log.model import Series

Floats = NDArray[np.float64]
Drawn = tuple[float, Floats, Floats]
"""Size of the tick labels in page pixels; steps and losses of the restless line."""
STYLES = ("tensorboard", "wandb", "ai-toolkit", "matplotlib")
THEMES = ("light", "dark")
SIZES = ((480, 320, 1.0), (900, 540, 1.0), (1500, 940, 1.7))
"""Width and height in pixels, and how many pixels the screen has for one of the page."""
KINDS = ("PNG", "JPEG")
JPEG_QUALITY = 80
WEB_FONTS = {
    "tensorboard": ("font_roboto", "Roboto-Regular.ttf", "Roboto"),
    "wandb": ("font_source_sans_pro", "SourceSansPro-Regular.ttf", "Source Sans Pro"),
}
SHOWN = {"tensorboard": 1000, "wandb": 1500}


@dataclass(frozen=True)
class Look:
    """One way of showing a chart."""

    style: str
    theme: str
    size: tuple[int, int, float]
    kind: str


@dataclass(frozen=True)
class Screenshot:
    """A picture with what is true of it. Plot edges in pixels from the upper left."""

    data: bytes
    look: Look
    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    """Steps at the left and the right edge."""
    y: tuple[float, float]
    """Losses at the lower and the upper edge."""
    log: bool
    digits: float
    """Height of the digits of the tick labels in pixels."""
    labels: int
    """Labels of the axis that shows fewer."""
    drawn: Series
    """The restless line of the chart: as logged, or thinned or smoothed as the program does before it draws."""


def looks(count: int) -> list[Look]:
    """Return `count` looks, every combination in turn."""
    order = [Look(*each) for each in product(STYLES, THEMES, SIZES, KINDS)]
    return list(islice(cycle(order), count))


def render(series: Series, look: Look, seed: int) -> Screenshot:
    """Draw the finite values of a series. The seed settles what is left open: log axis, title, grid, smoothing."""
    rng = np.random.default_rng([seed, 5])
    finite = np.isfinite(series.loss)
    steps, loss = series.steps[finite].astype(float), series.loss[finite]
    width, height, scale = look.size
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    log = bool(look.style in ("matplotlib", "wandb") and rng.random() < 0.15 and loss.min() > 0)
    if log:
        axes.set_yscale("log")
    points = 72 / 100 * scale
    pixels, drawn_steps, drawn_loss = {
        "tensorboard": _tensorboard,
        "wandb": _wandb,
        "ai-toolkit": _ai_toolkit,
        "matplotlib": _matplotlib,
    }[look.style](figure, axes, steps, loss, look, points, rng)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, facecolor=figure.get_facecolor())
    box = axes.get_window_extent()
    data = buffer.getvalue()
    if look.kind == "JPEG":
        out = io.BytesIO()
        Image.open(buffer).convert("RGB").save(out, "JPEG", quality=JPEG_QUALITY)
        data = out.getvalue()
    low, high = axes.get_xlim()
    bottom, top = axes.get_ylim()
    edges = (box.x0, box.x1, height - box.y1, height - box.y0)
    drawn = replace(series, steps=drawn_steps.astype(np.int64), loss=drawn_loss, learning_rate=None)
    shown = min(_labels(axes.xaxis, low, high), _labels(axes.yaxis, bottom, top))
    return Screenshot(data, look, *edges, (low, high), (bottom, top), log, 0.72 * pixels * scale, shown, drawn)


def _labels(axis: Axis, low: float, high: float) -> int:
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return sum(bool(tick.label1.get_text()) and low <= tick.get_loc() <= high for tick in ticks)


def _font(style: str) -> str:
    """Return the family of a style's font: the web font where its package is installed."""
    package, file, family = WEB_FONTS.get(style, ("", "", "Liberation Sans"))
    if package:
        try:
            path = Path(import_module(package).__path__[0]) / "files" / file
        except ImportError:
            return "DejaVu Sans"
        font_manager.fontManager.addfont(path)
        return family
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    for path in () if family in known else Path("/usr/share/fonts").rglob("NotoSans-Regular.ttf"):
        font_manager.fontManager.addfont(path)
        return "Noto Sans"
    return family if family in known else "DejaVu Sans"


def _thousands(value: float, _: int = 0) -> str:
    return f"{value / 1000:g}k" if abs(value) >= 1000 else f"{value:g}"


def _averaged(loss: Floats, weight: float) -> Floats:
    """Return the debiased exponential average that TensorBoard draws."""
    last, out = 0.0, np.empty_like(loss)
    for number, value in enumerate(loss, 1):
        last = last * weight + (1 - weight) * value
        out[number - 1] = last / (1 - weight**number)
    return out


def _thin(steps: Floats, loss: Floats, most: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    if len(steps) <= most:
        return steps, loss
    kept = np.sort(rng.choice(len(steps) - 1, most - 1, replace=False))
    kept = np.append(kept, len(steps) - 1)
    return steps[kept], loss[kept]


def _place(axes: Axes, look: Look, edges: tuple[float, float, float, float]) -> None:
    """Place the axes by margins in page pixels: left, right, top, bottom."""
    width, height, scale = look.size
    left, right, top, bottom = (edge * scale for edge in edges)
    axes.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))


def _write(figure: Figure, look: Look, x: float, y: float, text: str, **how: object) -> None:
    """Write at page pixels from the upper left."""
    width, height, scale = look.size
    figure.text(x * scale / width, 1 - y * scale / height, text, va="center", **how)  # type: ignore[arg-type]


def _tensorboard(
    figure: Figure, axes: Axes, steps: Floats, loss: Floats, look: Look, points: float, rng: np.random.Generator
) -> Drawn:
    dark, size, family = look.theme == "dark", 12.0, _font("tensorboard")
    back, ink, grid = ("#303030", "#ffffff", "#555555") if dark else ("#ffffff", "#616161", "#e0e0e0")
    colour = ("#ff7043", "#0077bb", "#ee3377", "#009988")[rng.integers(4)]
    figure.set_facecolor(back)
    axes.set_facecolor(back)
    steps, loss = _thin(steps, loss, SHOWN["tensorboard"], rng)
    weight = (0.6, 0.6, 0.0, 0.9)[rng.integers(4)]
    if weight:
        axes.plot(steps, loss, color=colour, alpha=0.25, linewidth=2 * points, antialiased=True)
    axes.plot(steps, _averaged(loss, weight) if weight else loss, color=colour, linewidth=2 * points)
    axes.grid(True, color=grid, linewidth=points)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=size * points, labelcolor=ink, pad=5 * points, labelfontfamily=family)
    axes.xaxis.set_major_formatter(FuncFormatter(_thousands))
    axes.xaxis.set_major_locator(MaxNLocator(5 if look.size[0] < 600 else 8))
    axes.yaxis.set_major_locator(MaxNLocator(5 if look.size[0] < 600 else 8))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    _place(axes, look, (55, 16, 52, 34))
    _write(figure, look, 14, 18, "loss/train", fontsize=14 * points, color=ink, family=family)
    if rng.random() < 0.5:
        _write(figure, look, 14, 36, "tag: loss/current", fontsize=11 * points, color=ink, family=family)
    return size, steps, loss


def _wandb(
    figure: Figure, axes: Axes, steps: Floats, loss: Floats, look: Look, points: float, rng: np.random.Generator
) -> Drawn:
    dark, size, family = look.theme == "dark", 12.5, _font("wandb")
    back, ink, grid = ("#1a1d24", "#b0b4bb", "#363c44") if dark else ("#ffffff", "#6b7076", "#e8e8e9")
    colour = ("#7D54B2", "#4C9BDB", "#E57439", "#479A5F", "#DA4C4C")[rng.integers(5)]
    figure.set_facecolor(back)
    axes.set_facecolor(back)
    steps, loss = _thin(steps, loss, SHOWN["wandb"], rng)
    if rng.random() < 0.3:
        axes.plot(steps, loss, color=colour, alpha=0.2, linewidth=1.5 * points)
        axes.plot(steps, _averaged(loss, 0.9), color=colour, linewidth=1.5 * points)
    else:
        axes.plot(steps, loss, color=colour, linewidth=1.5 * points)
    axes.grid(True, axis="y", color=grid, linewidth=0.8 * points, linestyle=(0, (3, 3)))
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(ink)
        spine.set_linewidth(0.8 * points)
    axes.tick_params(length=0, labelsize=size * points, labelcolor=ink, pad=4 * points, labelfontfamily=family)
    axes.xaxis.set_major_formatter(FuncFormatter(_thousands))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    log = axes.get_yscale() == "log"
    axes.yaxis.set_major_locator(LogLocator(10, (1, 2, 5)) if log else MaxNLocator(4))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    _place(axes, look, (52, 20, 56, 44))
    width = look.size[0] / look.size[2]
    _write(figure, look, width / 2, 14, "train/loss", fontsize=14 * points, color=ink, family=family, ha="center")
    _write(figure, look, width / 2 + 6, 36, "curious-sun-12", fontsize=11 * points, color=ink, family=family)
    _write(figure, look, width / 2 - 14, 36, "\N{EM DASH}", fontsize=12 * points, color=colour, fontweight="bold")
    height = look.size[1] / look.size[2]
    _write(figure, look, width - 20, height - 12, "Step", fontsize=12 * points, color=ink, family=family, ha="right")
    return size, steps, loss


def _ai_toolkit(
    figure: Figure, axes: Axes, steps: Floats, loss: Floats, look: Look, points: float, rng: np.random.Generator
) -> Drawn:
    dark, size, family = look.theme == "dark", 12.0, _font("ai-toolkit")
    back, ink, grid = ("#030712", "#8b8d93", "#12161f") if dark else ("#f9fafb", "#6b7280", "#e2e5ea")
    colour = ("#60a5fa", "#34d399", "#a78bfa", "#f59e0b")[rng.integers(4)]
    dull = ("#34598a", "#1f6f57", "#5b4d8c", "#83570c")[("#60a5fa", "#34d399", "#a78bfa", "#f59e0b").index(colour)]
    figure.set_facecolor(back)
    axes.set_facecolor(back)
    weight = (0.0, 0.6, 0.9)[rng.integers(3)]
    shown = _averaged(loss, weight)
    axes.plot(steps, shown, color=colour, linewidth=2 * points)
    if rng.random() < 0.6:
        axes.plot(steps, _averaged(loss, 0.995), color=dull, linewidth=2.5 * points)
    axes.grid(True, color=grid, linewidth=points)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=8 * points, width=points, color=grid, labelsize=size * points, pad=4 * points)
    axes.tick_params(axis="x", labelcolor=ink, labelfontfamily=family)
    axes.tick_params(axis="y", labelcolor=colour, labelfontfamily=family)
    axes.set_xlim(steps[0], max(steps[-1], steps[0] + 1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}" if value else "0"))
    span = (float(shown.min()), float(shown.max()))
    axes.set_ylim(span if span[1] > span[0] else (span[0] * 0.9, span[1] * 1.1))
    _place(axes, look, (74, 16, 50, 66))
    _write(figure, look, 30, 18, f"Loss graph   {len(loss):,} steps", fontsize=13 * points, color=ink, family=family)
    height = look.size[1] / look.size[2]
    middle = 1 - (height / 2) * look.size[2] / look.size[1]
    x = 12 * look.size[2] / look.size[0]
    figure.text(x, middle, "loss/loss", rotation=90, fontsize=12 * points, color=colour, va="center", family=family)
    _write(figure, look, 160, height - 14, "loss/loss: --", fontsize=12 * points, color=colour, family=family)
    return size, steps, shown


def _matplotlib(
    figure: Figure, axes: Axes, steps: Floats, loss: Floats, look: Look, points: float, rng: np.random.Generator
) -> Drawn:
    dark, size = look.theme == "dark", 13.9
    back, ink, grid = ("#000000", "#ffffff", "#ffffff") if dark else ("#ffffff", "#000000", "#b0b0b0")
    colour = "#8dd3c7" if dark else ("#1f77b4", "#1f77b4", "#d62728", "#000000")[rng.integers(4)]
    figure.set_facecolor(back)
    axes.set_facecolor(back)
    mean = rng.random() < 0.3
    axes.plot(steps, loss, color=colour, linewidth=1.5 * scale_of(points), alpha=0.3 if mean else 1.0, label="loss")
    if mean:
        width = max(5, len(loss) // 50)
        kernel = np.ones(min(width, len(loss)))
        flat = np.convolve(loss, kernel, "same") / np.convolve(np.ones_like(loss), kernel, "same")
        second = "#fa8174" if dark else "#ff7f0e"
        axes.plot(steps, flat, color=second, linewidth=1.5 * scale_of(points), label="mean")
    for spine in axes.spines.values():
        spine.set_color(ink)
        spine.set_linewidth(0.8 * scale_of(points))
    axes.tick_params(
        which="both",
        color=ink,
        labelcolor=ink,
        labelsize=size * points,
        length=3.5 * scale_of(points),
        width=0.8 * scale_of(points),
    )
    if rng.random() < 0.5:
        axes.grid(True, color=grid, linewidth=0.8 * scale_of(points), alpha=0.4)
    axes.set_xlabel("step", fontsize=size * points, color=ink)
    axes.set_ylabel("loss", fontsize=size * points, color=ink)
    if rng.random() < 0.6:
        axes.set_title("Training loss", fontsize=1.2 * size * points, color=ink)
    if mean or rng.random() < 0.3:
        axes.legend(fontsize=0.9 * size * points, facecolor=back, labelcolor=ink, framealpha=0.8, edgecolor="#cccccc")
    _place(axes, look, (78, 22, 34, 56))
    return size, steps, loss


def scale_of(points: float) -> float:
    """Return how many of matplotlib's own points (1/72 inch at 100 dots) a point of the look is."""
    return points * 100 / 72
