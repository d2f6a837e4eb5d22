"""A person's own page: their cases, and where to go from there."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.lookup import CaseView
from bot.chat.actions import Action, Button, Emphasis, Menu, Option
from bot.chat.blocks import Block, Card, Heading, Mark, Row, Text, Tone
from bot.chat.findings import certainty
from bot.chat.stored import OldReportError, report_of
from bot.chat.text import Span, Style, bold, line
from knowledge.chat import ChatWords
from knowledge.model import Knowledge

MOST_CASES = 20


def home_card(cases: Sequence[CaseView], knowledge: Knowledge) -> Card:
    """Return the page of a person with their `cases`, the newest first."""
    said = knowledge.chat
    blocks: list[Block] = [Heading(said.home.title, 1), Text(line(said.home.text)), Heading(said.home.cases)]
    blocks += [_case(view, said) for view in cases] or [Text(line(said.home.none))]
    ways = (
        Button(Action.DIAGNOSE, "", said.buttons["diagnose"], Emphasis.PRIMARY),
        Button(Action.GUIDE, "", said.guide.title),
        Button(Action.CHECKLIST, "", said.guide.checklists),
    )
    options = tuple(Option(said.case.title.format(case=view.ref.id), view.ref.id, _found(view, said)) for view in cases)
    menus = (Menu(Action.CASE, "", said.home.choose, options),) if options else ()
    return Card(Tone.NEUTRAL, tuple(blocks), (ways,), menus)


def _case(view: CaseView, said: ChatWords) -> Row:
    when = Span(str(max(int(view.answered_at or view.received_at), 0)), Style.TIME)
    head = (bold(view.ref.id), Span(f" · {said.case.states[view.state.value]} "), when)
    return Row(head, Mark.BULLET, line(_found(view, said)))


def _found(view: CaseView, said: ChatWords) -> str:
    """The likeliest cause, in words."""
    if view.report is None:
        return ""
    try:
        report = report_of(view.report)
    except OldReportError:
        return ""
    if not report.findings:
        return said.nothing_found
    return f"{report.findings[0].title} · {certainty(report.findings[0], said)}"
