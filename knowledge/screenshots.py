"""How screenshots of loss charts are recognised and read: thresholds."""

from __future__ import annotations

from pydantic import Field

from knowledge.entry import Entry, Probability, Text


class Sizes(Entry):
    """Pictures that are looked at, in pixels."""

    least_width: int = Field(gt=0)
    least_height: int = Field(gt=0)
    most_pixels: int = Field(gt=0)
    halved_from: int = Field(gt=0)
    most_pictures: int = Field(ge=0)


class ChartSigns(Entry):
    """What tells a chart from any other picture."""

    flat: Probability
    span: Probability
    coverage: Probability
    fill: Probability
    thin: float = Field(gt=0)
    fewest_labels: int = Field(ge=0)
    fewest_lines: int = Field(ge=0)
    least_loss: float = Field(ge=0)


class CurveSigns(Entry):
    """What tells the curve from the rest of the chart."""

    chroma: float = Field(gt=0)
    hue: float = Field(gt=0)
    ink: Probability
    strong: Probability
    faint_columns: Probability
    line: Probability


class AxisSigns(Entry):
    """How tick labels are read."""

    ink: float = Field(gt=0)
    score: Probability
    tolerance: Probability
    fewest: int = Field(ge=2)


class PictureTrust(Entry):
    """Factors on the confidence of a verdict that rests on a picture."""

    with_axes: Probability
    without_axes: Probability
    several_curves: Probability


class PictureWords(Entry):
    """What is said of a chart and the verdict on it; placeholders ``{file}``, ``{reason}``, ``{shape}``, ``{axes}``."""

    verdict: Text
    relative: Text
    axes: dict[str, Text]
    """``x``, ``y`` and ``both`` to the name of what could not be read."""
    shapes: dict[str, Text]
    """Pattern to what its shape shows, without a number."""
    note: Text
    several: Text


class ScreenshotKnowledge(Entry):
    """Everything about screenshots of charts that is no rule."""

    source: Text
    sizes: Sizes
    chart: ChartSigns
    curve: CurveSigns
    axis: AxisSigns
    confidence: PictureTrust
    words: PictureWords
