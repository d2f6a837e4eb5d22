"""A report on the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from diagnostics.bundle import Evidence
from diagnostics.checks import differing, given_whole, open_items
from diagnostics.report import CheckResult, Finding, FixRow, Outcome, Report, Status
from knowledge.model import Knowledge, Severity
from knowledge.wording import shown

_MARKS = {Status.CONFIRMED: ("✔", "bold green"), Status.TO_CHECK: ("?", "yellow"), Status.RULED_OUT: ("✘", "dim")}
_ANSWERS = {Outcome.PASSED: ("✔", "bold green"), Outcome.FAILED: ("✘", "bold red")}
_STYLES = {Severity.CRITICAL: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
_HEADLINE = (
    ("model", "{}"),
    ("rank", "rank {}"),
    ("learning_rate", "learning rate {}"),
    ("batch_size", "batch size {}"),
    ("steps", "{} steps"),
    ("images", "{} images"),
    ("gpu", "{}"),
    ("vram_gib", "{} GiB VRAM"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_EVIDENCE_WIDTH = 240


def show_report(report: Report, knowledge: Knowledge, console: Console | None = None) -> None:
    """Print `report`; the text of the bundle is printed as text, never as markup or escape codes."""
    console = console or Console(highlight=False)
    for part in _parts(report, knowledge):
        console.print(part)


def _parts(report: Report, knowledge: Knowledge) -> Iterator[RenderableType]:
    if not report.usable:
        yield Text(knowledge.wording.nothing_usable, style="bold")
    else:
        yield _headline(report)
    for number, finding in enumerate(report.findings, 1):
        yield _finding(number, finding)
    if report.usable and not report.findings:
        if report.trainer or report.loss:
            yield Text(knowledge.wording.nothing_found, style="bold green")
        else:
            yield Text(knowledge.wording.cannot_tell, style="bold")
    if report.remark:
        yield Text(f"Remember: {report.remark}", style="italic")
    if report.loss:
        yield Text.assemble(("Loss curve: ", "bold"), f"{report.loss.pattern.value}. {report.loss.reason}")
    for checklist, results in given_whole(report.checks, knowledge):
        yield Text(f"{checklist.title}:", style="bold")
        yield from (_answer(result) for result in results if result.outcome is not Outcome.OPEN)
        if left := open_items(checklist, results, knowledge):
            yield _bullet(left)
    failed = differing(report.checks, knowledge)
    if failed:
        yield Text("Differs from the guide's checklists (worth a look, not necessarily wrong):", style="bold")
        for check in failed:
            wanted = f"{check.check}: {check.requirement}" if check.requirement else check.check
            yield _bullet(f"{wanted}{f' - {check.why}' if check.why else ''}")
    if report.notes:
        yield Text("Good to know:", style="bold")
        for note in report.notes:
            yield _bullet(note.text, note.evidence)
    if report.config_patch:
        yield Text("Corrected config (apply with `patch -p1`):", style="bold")
        yield Padding(_diff(report.config_patch), (0, 2))
    for error in report.unknown:
        yield Text(f"An error that no rule knows yet ({error.fingerprint}):", style="bold")
        yield Padding(Text(_plain(error.text)), (0, 2))
    for question in report.ask:
        yield Text(question, style="cyan")
    for skipped in report.skipped:
        yield Text(f"Not read: {_plain(skipped.part)} {_plain(skipped.reason)}", style="dim")


def _headline(report: Report) -> RenderableType:
    facts = [form.format(_plain(shown(report.facts[name]))) for name, form in _HEADLINE if name in report.facts]
    trainer = [report.trainer.id] if report.trainer else []
    return Text(" · ".join([*trainer, *facts]) or "No config or log in this; going by the description.", style="dim")


def _finding(number: int, finding: Finding) -> RenderableType:
    style = _STYLES[finding.severity]
    parts: list[RenderableType] = [Text(finding.summary)]
    parts += [_quote(evidence) for evidence in finding.evidence]
    if finding.first and not any(row.status is Status.CONFIRMED for row in finding.fixes):
        parts.append(Text.assemble(("First: ", "bold"), finding.first))
    if finding.fixes:
        parts.append(_fix_table(finding))
    if finding.commands:
        parts.append(Padding(Text(finding.commands.rstrip()), (0, 2)))
    if finding.test:
        parts.append(Text.assemble(("Test: ", "bold"), finding.test))
    title = Text.assemble((f"{number}. {finding.title}", style), (f"  {_certainty(finding.confidence)}", "dim"))
    return Panel(Group(*parts), title=title, title_align="left", border_style=style.replace("bold ", ""))


def _fix_table(finding: Finding) -> Table:
    table = Table(show_header=True, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    diagnosed = any(row.diagnosis for row in finding.fixes)
    table.add_column("")
    if diagnosed:
        table.add_column("If", ratio=3)
    table.add_column("Do", ratio=4)
    table.add_column("In this case", ratio=4)
    for row in finding.fixes:
        mark, style = _MARKS[row.status]
        cells = [Text(mark, style=style), *([Text(row.diagnosis or "")] if diagnosed else []), _solution(row)]
        dim = "dim" if row.status is Status.RULED_OUT else ""
        table.add_row(*cells, Text(_plain(row.why or row.status.value.replace("-", " "))), style=dim)
    return table


def _solution(row: FixRow) -> Text:
    priority = f" [{row.priority.value}]" if row.priority else ""
    setting = f" ({row.setting.replace('`', '')})" if row.setting else ""
    return Text.assemble(row.solution.replace("`", ""), setting, (priority, "dim"))


def _quote(evidence: Evidence) -> RenderableType:
    place = f"{_plain(evidence.file)}:{evidence.line}" if evidence.line else _plain(evidence.file)
    text = _plain(evidence.text).strip()
    text = text if len(text) <= _EVIDENCE_WIDTH else f"{text[:_EVIDENCE_WIDTH]}…"
    return Padding(Text.assemble((f"{place}  ", "cyan"), (text, "dim")), (0, 0, 0, 2))


def _diff(patch: str) -> Text:
    styles = {"+": "green", "-": "red", "@": "cyan"}
    lines = _plain(patch).rstrip("\n").split("\n")
    return Text("\n").join(Text(line, style=styles.get(line[:1], "dim")) for line in lines)


def _answer(result: CheckResult) -> RenderableType:
    sign, style = _ANSWERS[result.outcome]
    wanted = f"{result.check}: {result.requirement}" if result.requirement else result.check
    return Padding(
        Text.assemble((sign, style), f" {_plain(wanted)}{f' - {_plain(result.why)}' if result.why else ''}"),
        (0, 0, 0, 2),
    )


def _bullet(text: str, evidence: Evidence | None = None) -> RenderableType:
    place = f" ({_plain(evidence.file)}:{evidence.line})" if evidence and evidence.line else ""
    return Padding(Text(f"• {_plain(text)}{place}"), (0, 0, 0, 2))


def _certainty(confidence: float) -> str:
    return f"{confidence:.0%} sure"


def _plain(text: str) -> str:
    return _CONTROL.sub("", text.expandtabs(4))
