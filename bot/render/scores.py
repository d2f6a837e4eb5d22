"""The scores of `lora-triage evaluate` on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from diagnostics.evaluate import Scores


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
