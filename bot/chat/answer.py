"""The short answer to a case: what is wrong, how sure that is, what shows it, and what to do first."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cases.model import Reply, Standing
from bot.chat.actions import Action, Button, Emphasis
from bot.chat.blocks import Attached, Block, Card, Code, Divider, Heading, Mark, Picture, Quote, Row, Text, Tone
from bot.chat.findings import certainty, context, fix_row, place, replaced, tone_of
from bot.chat.recurring import heard, in_order, recurring, since_last
from bot.chat.stored import OldReportError, report_of
from bot.chat.text import Line, Span, Style, bold, cut, cut_line, first_sentence, line
from diagnostics.bundle import Evidence
from diagnostics.loss.model import Pattern
from diagnostics.report import Finding, FixRow, Report, Status
from knowledge.chat import ChatWords
from knowledge.model import Knowledge

_SUMMARY = 420
_QUOTE = 180
_ROWS = 4
_WHY = 130
_DO = 150
_ALSO = 3
_DIFF_LINES = 24
_DIFF_LENGTH = 900
_SKIPPED = 3


def answer(reply: Reply, knowledge: Knowledge) -> Card:
    """Return the card of a reply; everything that it leaves out is in `details`.

    A report that was kept by an earlier version gives a card that says so.
    """
    said = knowledge.chat
    report, notice = None, reply.notice
    if reply.report is not None:
        try:
            report = report_of(reply.report)
        except OldReportError:
            notice = notice or said.old_report
    if report is None:
        blocks: list[Block] = [Heading(said.no_report, 1), Text(line(notice or said.cannot_tell))]
        blocks += _redacted(reply, said)
        return Card(Tone.NEUTRAL, (*blocks, _footer(reply, None, said)), buttons(reply, None, said))
    drawn = list(_report(report, reply, knowledge, notice))
    tone = tone_of(report.findings[0].severity) if report.findings else _calm(report)
    linked = (_link(reply, knowledge),) if reply.link else ()
    below = (*_redacted(reply, said), *linked, _footer(reply, report, said))
    return Card(tone, (*drawn, *below), buttons(reply, report, said))


def buttons(reply: Reply, report: Report | None, said: ChatWords) -> tuple[tuple[Button, ...], ...]:
    """Return the rows of buttons below a reply."""
    case = reply.case.id

    def button(action: Action, emphasis: Emphasis = Emphasis.QUIET) -> Button:
        return Button(action, case, said.buttons[action.value], emphasis)

    verdicts: tuple[Button, ...] = (
        button(Action.FIXED, Emphasis.GOOD),
        button(Action.DID_NOT_HELP),
        button(Action.WRONG),
    )
    below = (
        button(Action.ADD_FILES),
        button(Action.CALL_MODERATOR),
        button(Action.DELETE, Emphasis.DANGER),
    )
    if report is None:
        return (below,)
    if not report.findings:
        verdicts = verdicts[2:]
    return ((button(Action.DETAILS, Emphasis.PRIMARY), *verdicts), below)


def _calm(report: Report) -> Tone:
    return Tone.GOOD if report.usable and (report.trainer or report.loss) else Tone.NEUTRAL


def _report(report: Report, reply: Reply, knowledge: Knowledge, notice: str | None) -> Iterator[Block]:
    said = knowledge.chat
    if report.findings:
        yield from _first(in_order(report.findings[0], reply.standing, knowledge), reply, knowledge)
    else:
        yield from _nothing(report, knowledge)
    if notice:
        yield Text(line(notice))
    also = report.findings[1 : 1 + _ALSO]
    if also:
        yield Divider(rank=3)
        yield Heading(said.also, rank=3)
        for finding in also:
            yield _also(finding, said)
    yield from _curve(report, reply, said)
    yield from _correction(report, said)
    if report.unknown and not report.findings:
        yield Heading(said.unknown, rank=2)
        yield Quote("", cut(report.unknown[0].text, _QUOTE), rank=2)
    for question in report.ask[:1]:
        yield Text(line(cut(question, _SUMMARY)), rank=2)
    if report.checklist.missing and not report.ask:
        items = "; ".join(report.checklist.missing)
        yield Text(line(cut(said.missing.format(items=items), _SUMMARY)), small=True, rank=4)
    if report.loss and report.loss.pattern is Pattern.INSUFFICIENT:
        yield Text(line(f"{said.curve}: {cut(report.loss.reason, _QUOTE)}"), small=True, rank=5)
    for skipped in report.skipped[:_SKIPPED]:
        text = said.skipped.format(part=cut(skipped.part, 80), reason=cut(skipped.reason, 200))
        yield Text(line(text), small=True, rank=4)
    if len(report.skipped) > _SKIPPED:
        yield Text(line(said.skipped_more.format(count=len(report.skipped) - _SKIPPED)), small=True, rank=4)


def _first(finding: Finding, reply: Reply, knowledge: Knowledge) -> Iterator[Block]:
    said, standing = knowledge.chat, reply.standing
    yield Heading(cut(finding.title, 120), 1)
    yield Text(line(bold(certainty(finding, said)), f" · {said.severities[finding.severity.value]}"))
    yield Text(line(cut(finding.summary, _SUMMARY)))
    if recurs := recurring(finding, reply, knowledge):
        yield Text(line(recurs), rank=1)
    if since := since_last(reply, knowledge):
        yield Text(since, rank=2)
    if finding.evidence:
        shown = _telling(finding.evidence)
        yield Quote(place(shown, said), cut(shown.text.strip(), _QUOTE))
    todo = [row for row in finding.fixes if row.status is not Status.RULED_OUT]
    confirmed = any(row.status is Status.CONFIRMED for row in todo)
    if finding.first and not confirmed:
        yield Heading(said.first)
        yield Text(line(cut(finding.first, _SUMMARY)))
        yield from _table(todo, said.check, standing, knowledge, start=1)
    elif todo:
        yield Heading(said.first)
        yield _short(fix_row(todo[0], 1, heard(todo[0], standing, knowledge)), rank=0)
        yield from _table(todo[1:], said.then, standing, knowledge, start=2)
    ruled_out = [row for row in finding.fixes if row.status is Status.RULED_OUT]
    if ruled_out:
        items = "; ".join(row.solution.replace("`", "") for row in ruled_out)
        yield Text(line(cut(said.ruled_out.format(items=items), _DO)), small=True, rank=5)


def _table(
    rows: list[FixRow], title: str, standing: Standing | None, knowledge: Knowledge, start: int
) -> Iterator[Block]:
    if not rows:
        return
    said = knowledge.chat
    yield Heading(title, rank=1)
    for number, row in enumerate(rows[:_ROWS], start):
        yield _short(fix_row(row, number, heard(row, standing, knowledge)), rank=1)
    more = [said.more_rows.format(count=len(rows) - _ROWS)] if len(rows) > _ROWS else []
    yield Text(line(" · ".join([said.legend, *more])), small=True, rank=2)


def _short(row: Row, rank: int) -> Row:
    return Row(cut_line(row.line, _DO), row.mark, cut_line(row.below, _WHY), row.number, rank=rank)


def _telling(evidence: tuple[Evidence, ...]) -> Evidence:
    """The evidence that proves most: a line of a file before a word of the message, and that before what is derived."""
    return min(evidence, key=lambda each: 0 if each.line and each.file != "message" else 1 if each.line else 2)


def _nothing(report: Report, knowledge: Knowledge) -> Iterator[Block]:
    said = knowledge.chat
    if not report.usable:
        yield Heading(said.nothing_usable, 1)
        yield Text(line(knowledge.wording.nothing_usable))
    elif report.trainer or report.loss:
        yield Heading(said.nothing_found, 1)
    else:
        yield Heading(said.cannot_tell, 1)


def _also(finding: Finding, said: ChatWords) -> Row:
    title: Line = (bold(cut(finding.title, 90)), Span(f" · {certainty(finding, said)}"))
    if finding.evidence and finding.evidence[0].line:
        title = (*title, Span(" · "), Span(place(finding.evidence[0], said), Style.CODE))
    return Row(title, Mark.BULLET, line(cut(finding.summary, _DO)), rank=3)


def _curve(report: Report, reply: Reply, said: ChatWords) -> Iterator[Block]:
    loss = report.loss
    if loss is None or loss.pattern is Pattern.INSUFFICIENT:
        return
    name = f"{said.curve}: {loss.pattern.value.replace('-', ' ')}."
    yield Divider(rank=2)
    yield Text(line(bold(name), f" {cut(first_sentence(loss.reason), _QUOTE)}"), rank=2)
    if reply.plot:
        yield Picture("loss-curve.png", reply.plot, cut(f"{name} {loss.reason}", _SUMMARY), rank=3)


def _correction(report: Report, said: ChatWords) -> Iterator[Block]:
    patch = report.config_patch
    if not patch:
        return
    yield Divider(rank=1)
    yield Heading(said.corrected, rank=1)
    lines = changed_lines(patch)
    if len(lines) <= _DIFF_LINES and sum(map(len, lines)) <= _DIFF_LENGTH:
        yield Code("\n".join(lines), "diff", rank=4)
    yield Attached("corrected-config.diff", patch.encode("utf-8", "replace"), rank=1)


def changed_lines(patch: str) -> list[str]:
    """Return the added and removed lines of a unified diff, without the indentation that all of them share."""
    changed = [each for each in patch.splitlines() if each[:1] in ("+", "-") and not each.startswith(("---", "+++"))]
    margin = min((len(each) - 1 - len(each[1:].lstrip()) for each in changed if each[1:].strip()), default=0)
    return [f"{each[0]} {each[1 + margin :]}" for each in changed]


def _redacted(reply: Reply, said: ChatWords) -> Iterator[Block]:
    if not reply.redactions:
        return
    text = cut(replaced(reply.redactions, said), _SUMMARY)
    if said.secrets & reply.redactions.keys():
        yield Text(line(f"{text} {said.redacted_advice}"), rank=1)
    else:
        yield Text(line(text), small=True, rank=5)


def _link(reply: Reply, knowledge: Knowledge) -> Text:
    return Text((Span(knowledge.web.link.format(case=reply.case.id), Style.LINK, reply.link),), rank=1)


def _footer(reply: Reply, report: Report | None, said: ChatWords) -> Text:
    parts = [said.footer.format(case=reply.case.id), *(context(report, said) if report else ())]
    return Text(line(cut(" · ".join(parts), 300)), small=True, rank=1)
