"""The scores of `lora-triage evaluate` and `evaluate-curves` on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from diagnostics.evaluate import Scores
from diagnostics.loss.evaluate import CurveReport, CurveScores


def show_scores(scores: Scores, console: Console | None = None) -> None:
    """Print scores, recall and confusion by id, reliability and the misses."""
    console = console or Console(highlight=False)
    console.print(
        f"[bold]{len(scores.results)} cases[/]: top1 {scores.top1:.3f}, false alarms {scores.false_alarms:.3f}, "
        f"noise {scores.noise:.3f} a case"
    )
    console.print("top1 by kind: " + ", ".join(f"{kind} {share:.3f}" for kind, share in scores.by_kind.items()))
    table = Table("primary", "recall", "found first", title="By id", title_justify="left", box=None)
    for primary, found in scores.confusion.items():
        counts = ", ".join(f"{name} {count}" for name, count in found.items())
        table.add_row(primary, f"{scores.recall.get(primary, 0):.2f}", counts)
    console.print(table)
    reliability = Table(
        "confidence from", "mean", "right", "findings", title="Reliability", title_justify="left", box=None
    )
    for low, mean, right, count in scores.reliability:
        reliability.add_row(f"{low:.2f}", f"{mean:.2f}", f"{right:.2f}", str(count))
    console.print(reliability)
    for result in scores.results:
        if not result.right:
            listed = ", ".join(f"{f.id} {f.confidence:.2f}" for f in result.report.findings) or "nothing"
            console.print(f"missed {result.case.id}: {result.case.primary}, found {listed}", markup=False)


def show_curve_scores(report: CurveReport, console: Console | None = None) -> None:
    """Print the scores of all curves, by source and slice, the confusion matrix and the reliability."""
    console = console or Console(highlight=False)
    columns = ("curves", "count", "macro-F1", "false alarms", "abstained", "right", "calibration error")
    table = Table(*columns, box=None)
    for name, scores in (("all", report.overall), *report.sources.items(), *report.slices.items()):
        table.add_row(name, *_curve_row(scores))
    console.print(table)
    confusion = Table("label", "found", title="Confusion", title_justify="left", box=None)
    for label, found in report.overall.confusion.items():
        confusion.add_row(label, ", ".join(f"{name} {count}" for name, count in found.items()))
    console.print(confusion)
    reliability = Table(
        "confidence from", "mean", "right", "verdicts", title="Reliability", title_justify="left", box=None
    )
    for row in report.overall.reliability:
        reliability.add_row(f"{row.low:.2f}", f"{row.confidence:.2f}", f"{row.right:.2f}", str(row.count))
    console.print(reliability)


def _curve_row(scores: CurveScores) -> tuple[str, ...]:
    alarms = "-" if scores.false_alarms is None else f"{scores.false_alarms:.2f}"
    shares = (scores.abstention, scores.accuracy, scores.calibration_error)
    return (str(scores.count), f"{scores.macro_f1:.3f}", alarms, *(f"{share:.2f}" for share in shares))
