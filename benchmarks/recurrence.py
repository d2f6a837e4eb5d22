"""What the questions of /stats, the digest and a reply cost, by the number of cases in the store.

.venv/bin/python -m benchmarks.recurrence --plot benchmarks/recurrence.png
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.simulated_cases import START, Size, largest_server, simulate
from bot.cases.database import Database
from bot.cases.marks import DAY, Subject, day_of, month_of
from bot.cases.recurrence import Recurrence, of_subject
from bot.cases.spans import Span
from bot.digest.compose import Composer
from bot.stats import gather
from knowledge.load import load_knowledge

_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_RUNS = 21
_LIMIT = 250
Question = Callable[[], Awaitable[object]]


def main() -> None:
    """Print the median of each question for each size, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), help="cases in one year")
    parser.add_argument("--servers", type=int, default=200)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    measured: dict[int, dict[str, float]] = {}
    for cases in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cases.sqlite"
            started = time.perf_counter()
            simulate(path, Size(cases, options.servers))
            took, size = time.perf_counter() - started, path.stat().st_size / 1e6
            measured[cases] = asyncio.run(_measure(path))
        print(f"{cases:>9,} cases ({took:.0f} s to make, {size:,.0f} MB)")
        for name, median in measured[cases].items():
            print(f"    {name:<44} {median:7.1f} ms{'' if median < _LIMIT else '   TOO SLOW'}")
    if options.plot:
        options.plot.write_bytes(_picture(measured))


async def _measure(path: Path) -> dict[str, float]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    try:
        return {name: await _median(question) for name, question in _questions(database).items()}
    finally:
        await database.close()


def _questions(database: Database) -> dict[str, Question]:
    recurrence, server, knowledge = Recurrence(database), largest_server(), load_knowledge()
    end = day_of(START) + 365
    composer = Composer(recurrence, lambda: knowledge, lambda: float(end * DAY))

    def counted(days: int, of: str | None) -> Question:
        return lambda: gather(recurrence, Span(end - days, end, "test", of), knowledge)

    async def reply() -> object:
        async with database.read() as session:
            span = Span(month_of(end - 1), end, "test", server)
            return await of_subject(session, span, Subject.FINDING, "cuda-oom"), await recurrence.outcomes("cuda-oom")

    return {
        "/stats, 30 days, largest server": counted(30, server),
        "/stats, 365 days, largest server": counted(365, server),
        "/stats, 30 days, a small server": counted(30, "s150"),
        "lora-triage stats, 30 days, all servers": counted(30, None),
        "the digest, largest server": lambda: composer.counted(Span(end - 7, end, "test", server)),
        "the digest with its chart": lambda: composer.so_far("test", server),
        "cases that wait, 28 days": lambda: recurrence.waiting("test", server, (end - 28) * DAY, 5),
        "the sentence in a reply": reply,
    }


async def _median(question: Question) -> float:
    times = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        await question()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


def _picture(measured: dict[int, dict[str, float]]) -> bytes:
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8d6e00", "#777777")
    figure = Figure(figsize=(8, 4.5), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    sizes = sorted(measured)
    for colour, name in zip(colours, measured[sizes[0]], strict=False):
        axes.plot(sizes, [measured[size][name] for size in sizes], "o-", color=colour, label=name)
    axes.axhline(_LIMIT, color="#999999", linestyle="--", label="the limit")
    axes.set_xscale("log")
    axes.set_ylim(0)
    axes.set_xlabel("cases of one year in the store")
    axes.set_ylabel("median, ms")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
