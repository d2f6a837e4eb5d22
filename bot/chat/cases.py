"""A case that is looked up, as a card."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cases.lookup import CaseView
from bot.chat.actions import Action, Button, Emphasis
from bot.chat.blocks import Block, Card, Heading, Row, Text, Tone
from bot.chat.findings import certainty, replaced, tone_of
from bot.chat.stored import OldReportError, report_of
from bot.chat.text import Line, Span, Style, bold, line
from diagnostics.report import Report
from knowledge.chat import ChatWords
from knowledge.model import Knowledge

_FILES = 20
_FINDINGS = 10
_KIB = 1024
_MIB = _KIB * _KIB


def case_card(view: CaseView, knowledge: Knowledge, may_delete: bool | None = None) -> Card:
    """Return a kept case: where it stands, its files, what was found, what people said.

    `may_delete` is whether who looks may delete it; by default only the one who asked.
    """
    said = knowledge.chat
    report = _report(view)
    blocks: list[Block] = [Heading(said.case.title.format(case=view.ref.id), 1), Text(_standing(view, said))]
    if not view.evidence:
        blocks.append(Text(line(said.expired)))
    if view.notice:
        blocks.append(Text(line(view.notice)))
    if report and report.findings:
        blocks.append(Heading(said.case.findings))
        for finding in report.findings[:_FINDINGS]:
            blocks.append(Row(line(bold(finding.title), f" · {certainty(finding, said)}")))
    elif view.report is not None and report is None:
        blocks.append(Text(line(said.old_report)))
    if view.files:
        blocks.append(Heading(said.case.files))
        blocks += [
            Row((Span(file.name, Style.CODE), Span(_about(file.size, file.kind)))) for file in view.files[:_FILES]
        ]
    if view.feedback:
        blocks.append(Heading(said.case.feedback))
        for verdict, count in sorted(view.feedback.items()):
            blocks.append(Row(line(_verdict(verdict.value, count, said))))
    if view.redactions:
        blocks.append(Text(line(replaced(view.redactions, said)), small=True))
    tone = tone_of(report.findings[0].severity) if report and report.findings else Tone.NEUTRAL
    return Card(
        tone, tuple(blocks), tuple(_buttons(view, report, said, view.mine if may_delete is None else may_delete))
    )


def no_case_card(case: str, knowledge: Knowledge) -> Card:
    """Return what to say where there is no case of this id."""
    return Card(Tone.NEUTRAL, (Text(line(knowledge.chat.case.none.format(case=case[:20]))),))


def _report(view: CaseView) -> Report | None:
    if view.report is None:
        return None
    try:
        return report_of(view.report)
    except OldReportError:
        return None


def _standing(view: CaseView, said: ChatWords) -> Line:
    words = said.case
    parts = [bold(words.states[view.state.value]), Span(f" · {words.received} "), _time(view.received_at)]
    if view.answered_at is not None:
        parts += [Span(f" · {words.answered} "), _time(view.answered_at)]
    return tuple(parts)


def _time(seconds: float) -> Span:
    return Span(str(max(int(seconds), 0)), Style.TIME)


def _about(size: int, kind: str | None) -> str:
    amount = f"{size / _MIB:.1f} MB" if size >= _MIB else f"{size / _KIB:.1f} KB" if size >= _KIB else f"{size} bytes"
    return f" · {amount}{f' · {kind}' if kind else ''}"


def _buttons(view: CaseView, report: Report | None, said: ChatWords, may_delete: bool) -> Iterator[tuple[Button, ...]]:
    row: list[Button] = []
    if report:
        row.append(Button(Action.DETAILS, view.ref.id, said.buttons[Action.DETAILS.value], Emphasis.PRIMARY))
    if may_delete:
        row.append(Button(Action.DELETE, view.ref.id, said.buttons[Action.DELETE.value], Emphasis.DANGER))
    if row:
        yield tuple(row)


def _verdict(verdict: str, count: int, said: ChatWords) -> str:
    return said.case.counted.format(count=count, verdict=said.case.verdicts.get(verdict, verdict))
