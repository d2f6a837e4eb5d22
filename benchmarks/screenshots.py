"""Figures of the screenshots of loss charts: ``python -m benchmarks.screenshots [--count 300] [--keep FOLDER]``.

Renders loss charts in four styles, both themes, three sizes, as PNG and JPEG (`benchmarks.chart_styles`) and reads them
back. A third of the curves are trained, a third from public repositories, a third generated; without the shared curves
all are generated, and it says so. Counted are charts whose verdict names the same pattern as that of the series they
were drawn from, and charts whose axes were both read: at each edge of the plot within 2 % of its span.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.chart_styles import STYLES, Look, Screenshot, looks, render
from benchmarks.curve_generator import generate
from benchmarks.fit_curves import CURVES
from diagnostics.log.model import Series
from diagnostics.loss.judge import judge
from diagnostics.loss.labelled import read_curves
from diagnostics.loss.model import Pattern
from diagnostics.screenshot.read import ChartReading, read_chart
from knowledge.load import HOME
from knowledge.screenshots import ScreenshotKnowledge
from knowledge.source import YamlFile

FIRST_SEED = 700_000
FEWEST = 24
WITHIN = 0.02
LEGIBLE = 6.0
"""Height of the digits in pixels from which tick labels count as legible."""
FEWEST_LABELS = 2
"""Labels that each axis must show for a scale to be there at all."""


@dataclass(frozen=True)
class Outcome:
    """One chart read back."""

    look: Look
    truth: Pattern
    drawn: Pattern
    """Verdict on the values that the chart shows: thinned or smoothed by the program that drew it."""
    halved: Pattern
    """Verdict on every second value of the series: how much a verdict hangs on single values."""
    found: Pattern | None
    x_read: bool
    y_read: bool
    claimed: bool
    """Both axes were said to be read."""
    legible: bool
    milliseconds: float


def curves(count: int, folder: Path = CURVES, *, tuning: bool = False) -> Iterator[Series]:
    """Yield `count` series without NaN, of three sources in turn; for tuning others than for testing."""
    shared: dict[str, list[Series]] = defaultdict(list)
    if folder.exists():
        for curve in read_curves(folder):
            if _drawable(curve.series):
                shared[curve.source].append(curve.series)
    else:
        print(f"{folder} is not there: all curves are generated ones")
    seed = FIRST_SEED + (100_000 if tuning else 0)
    for number in range(count):
        source = (*sorted(shared), "generated")[number % (len(shared) + 1)]
        if source != "generated":
            kept = shared[source][int(tuning) :: 2]
            # as many as are needed, spread over the set
            place = number // (len(shared) + 1)
            yield _bare(kept[(place * 7 + place // len(kept)) % len(kept)])
            continue
        while True:
            made = generate(seed)
            seed += 1
            series = Series(made.steps, made.loss, made.unit)
            if _drawable(series):
                yield series
                break


def _drawable(series: Series) -> bool:
    return len(series.loss) >= FEWEST and bool(np.isfinite(series.loss).all())


def _bare(series: Series) -> Series:
    """Return a series without what no chart of the loss shows."""
    return replace(series, learning_rate=None, total_steps=None, trainer=None)


def outcome(series: Series, shot: Screenshot, how: ScreenshotKnowledge) -> Outcome:
    """Read a chart back and compare."""
    start = time.perf_counter()
    pixels = np.asarray(Image.open(io.BytesIO(shot.data)).convert("RGB"))
    reading = read_chart("chart", pixels, how)
    took = 1000 * (time.perf_counter() - start)
    found = judge(reading.series, also=reading.also).pattern if reading else None
    x_read, y_read = _axes(reading, shot) if reading else (False, False)
    claimed = bool(reading and reading.complete)
    return Outcome(
        shot.look,
        judge(series).pattern,
        judge(shot.drawn).pattern,
        judge(replace(series, steps=series.steps[::2], loss=series.loss[::2])).pattern,
        found,
        x_read,
        y_read,
        claimed,
        shot.digits >= LEGIBLE and shot.labels >= FEWEST_LABELS,
        took,
    )


def _axes(reading: ChartReading, shot: Screenshot) -> tuple[bool, bool]:
    x, y = reading.axes.x, reading.axes.y
    x_read = x is not None and _near(x.values(np.array([shot.left, shot.right])), np.array(shot.x))
    if y is None:
        return x_read, False
    values, truth = y.values(np.array([shot.bottom, shot.top])), np.array(shot.y)
    if shot.log:
        return x_read, bool((values > 0).all()) and _near(np.log(np.maximum(values, 1e-300)), np.log(truth))
    return x_read, _near(values, truth)


def _near(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], truth: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> bool:
    return bool(np.abs(values - truth).max() <= WITHIN * abs(truth[1] - truth[0]))


def main() -> None:
    """Render, read, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--curves", type=Path, default=CURVES, help="folder of the shared curves")
    parser.add_argument("--tuning", action="store_true", help="use the curves that thresholds were set on")
    parser.add_argument("--keep", type=Path, help="write every chart whose class or axes were missed here")
    arguments = parser.parse_args()
    how = YamlFile(HOME / "screenshots.yaml", ScreenshotKnowledge).value
    outcomes = []
    made = curves(arguments.count, arguments.curves, tuning=arguments.tuning)
    for number, (series, look) in enumerate(zip(made, looks(arguments.count), strict=True)):
        shot = render(series, look, FIRST_SEED + number + 100_000 * arguments.tuning)
        one = outcome(series, shot, how)
        outcomes.append(one)
        if arguments.keep and not (one.found is one.truth and one.x_read and one.y_read):
            arguments.keep.mkdir(parents=True, exist_ok=True)
            name = f"{number:03d}-{look.style}-{one.truth.value}-as-{one.found and one.found.value}"
            (arguments.keep / f"{name}.{look.kind.lower()}").write_bytes(shot.data)
    report(outcomes)


def report(outcomes: list[Outcome]) -> None:
    """Print the figures by style, theme, size and format, and what was taken for what."""
    row("all", outcomes)
    for style in STYLES:
        row(style, [one for one in outcomes if one.look.style == style])
    for name in ("light", "dark", "PNG", "JPEG"):
        row(name, [one for one in outcomes if name in (one.look.theme, one.look.kind)])
    for size in sorted({one.look.size for one in outcomes}):
        row(f"{size[0]} x {size[1]}", [one for one in outcomes if one.look.size == size])
    wrong = Counter(
        f"{one.truth.value} as {one.found.value if one.found else 'no chart'}"
        for one in outcomes
        if one.found is not one.truth
    )
    print("missed:", ", ".join(f"{name} {count}" for name, count in wrong.most_common()))
    problems = [one for one in outcomes if one.found not in (one.truth, None, Pattern.INSUFFICIENT)]
    print(f"another pattern, abstentions aside: {len(problems)}")


def row(name: str, outcomes: list[Outcome]) -> None:
    """Print one line of figures."""
    if not outcomes:
        return
    legible = [one for one in outcomes if one.legible]
    same = sum(one.found is one.truth for one in outcomes)
    drawn = sum(one.found is one.drawn for one in outcomes)
    halved = sum(one.halved is one.truth for one in outcomes)
    both = sum(one.x_read and one.y_read for one in legible)
    false = sum(one.claimed and not (one.x_read and one.y_read) for one in outcomes)
    median = statistics.median(one.milliseconds for one in outcomes)
    print(
        f"{name:>12}: {len(outcomes)} charts, same class {same / len(outcomes):.1%},"
        f" as what was drawn {drawn / len(outcomes):.1%}, (every second value {halved / len(outcomes):.1%}),"
        f" axes read {both / len(legible):.1%} of {len(legible)} legible,"
        f" said to be read but wrong {false}, median {median:.0f} ms"
    )


if __name__ == "__main__":
    main()
