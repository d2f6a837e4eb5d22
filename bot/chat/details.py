"""Everything of a report that the short answer has no room for."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cases.model import Reply, Standing
from bot.chat.blocks import Attached, Block, Card, Code, Divider, Heading, Mark, Quote, Row, Text, Tone
from bot.chat.findings import certainty, fix_row, place, tone_of
from bot.chat.recurring import heard, in_order
from bot.chat.stored import OldReportError, is_long, report_of, whole
from bot.chat.text import Line, Span, Style, bold, line
from diagnostics.checks import differing, given_whole, open_items
from diagnostics.report import CheckResult, Finding, Outcome, Report
from knowledge.chat import ChatWords
from knowledge.model import Knowledge
from knowledge.wording import shown

_MARKS = {Outcome.PASSED: Mark.CONFIRMED, Outcome.FAILED: Mark.RULED_OUT}


def details(report: Report, knowledge: Knowledge, standing: Standing | None = None) -> tuple[Block, ...]:
    """Return the whole report as blocks of any number and length; the renderer makes pages of them.

    `standing` is that of its first finding.
    """
    return tuple(_blocks(report, knowledge, standing))


def _blocks(report: Report, knowledge: Knowledge, standing: Standing | None) -> Iterator[Block]:
    said = knowledge.chat
    for number, finding in enumerate(report.findings, 1):
        if number > 1:
            yield Divider()
        own = standing if number == 1 else None
        yield from _finding(in_order(finding, own, knowledge), number, knowledge, own)
    if report.loss:
        yield Heading(f"{said.curve}: {report.loss.pattern.value.replace('-', ' ')}")
        yield Text(line(report.loss.reason))
    for checklist, results in given_whole(report.checks, knowledge):
        yield Heading(checklist.title)
        yield from (_check(each, _MARKS[each.outcome]) for each in results if each.outcome is not Outcome.OPEN)
        if left := open_items(checklist, results, knowledge):
            yield Text(line(left), small=True)
    failed = differing(report.checks, knowledge)
    if failed:
        yield Heading(said.differs)
        yield Text(line(said.differs_remark), small=True)
        for check in failed:
            yield _check(check)
    if report.notes:
        yield Heading(said.notes)
        for note in report.notes:
            below: Line = ()
            if note.evidence and note.evidence.line:
                below = (Span(place(note.evidence, said), Style.CODE),)
            yield Row(line(note.text), Mark.BULLET, below)
    if report.config_patch:
        yield Heading(said.corrected)
        yield Code(report.config_patch.rstrip("\n"), "diff")
    for error in report.unknown:
        yield Heading(said.unknown)
        yield Quote(error.fingerprint, error.text)
    if report.ask or report.checklist.missing:
        yield Heading(said.still)
        for asked in report.ask:
            yield Text(line(asked))
        for item in report.checklist.missing:
            yield Row(line(item))
    if report.checklist.provided:
        yield Heading(said.provided)
        for item in report.checklist.provided:
            yield Row(line(item), Mark.CONFIRMED)
    yield from _facts(report, said)
    for skipped in report.skipped:
        yield Text(line(said.skipped.format(part=skipped.part, reason=skipped.reason)), small=True)
    if report.remark:
        yield Text((Span(said.remember.format(remark=report.remark), Style.ITALIC),))


def _finding(finding: Finding, number: int, knowledge: Knowledge, standing: Standing | None) -> Iterator[Block]:
    said = knowledge.chat
    yield Heading(f"{number}. {finding.title}", 1)
    yield Text(line(bold(certainty(finding, said)), f" · {said.severities[finding.severity.value]}"))
    yield Text(line(finding.summary))
    if finding.evidence:
        yield Heading(said.evidence)
        for evidence in finding.evidence:
            yield Quote(place(evidence, said), evidence.text.strip())
    if finding.first:
        yield Heading(said.first)
        yield Text(line(finding.first))
    if finding.fixes:
        yield Heading(said.fixes)
        for at, row in enumerate(finding.fixes, 1):
            yield fix_row(row, at, heard(row, standing, knowledge))
        yield Text(line(said.legend_all), small=True)
    if finding.commands:
        yield Heading(said.commands)
        yield Code(finding.commands.rstrip(), "sh")
    if finding.test:
        yield Heading(said.test)
        yield Text(line(finding.test))


def _check(check: CheckResult, mark: Mark = Mark.TO_CHECK) -> Row:
    wanted = f": {check.requirement}" if check.requirement else ""
    return Row(line(bold(check.check), wanted), mark, line(check.why or ""))


def _facts(report: Report, said: ChatWords) -> Iterator[Block]:
    facts = {name: value for name, value in report.facts.items() if value is not None}
    if not facts and not report.trainer:
        return
    yield Heading(said.facts)
    named = [f"{name.replace('_', ' ')} {shown(value)}" for name, value in facts.items()]
    start = [report.trainer.id] if report.trainer else []
    yield Text(line(" · ".join([*start, *named])), small=True)


def details_card(reply: Reply, knowledge: Knowledge) -> Card:
    """Return the card of everything; of a case without a report what was said instead."""
    said = knowledge.chat
    if reply.report is None:
        return Card(Tone.NEUTRAL, (Text(line(reply.notice or said.cannot_tell)),))
    try:
        report = report_of(reply.report)
    except OldReportError:
        return Card(Tone.NEUTRAL, (Text(line(said.old_report)),))
    tone = tone_of(report.findings[0].severity) if report.findings else Tone.NEUTRAL
    return Card(
        tone, (*_whole(reply, said), *details(report, knowledge, reply.standing)) or (Text(line(said.cannot_tell)),)
    )


def _whole(reply: Reply, said: ChatWords) -> Iterator[Block]:
    """Of a report that is too long for pages, the file."""
    if reply.report is not None and is_long(reply.report):
        yield Text(line(said.long_report))
        yield Attached(f"report-{reply.case.id}.json", whole(reply.report).encode("utf-8", "replace"))
