"""The guided tree and the checklists as cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.actions import Action, Button, Emphasis, Menu, Option
from bot.chat.blocks import Block, Card, Code, Divider, Heading, Mark, Row, Text, Tone
from bot.chat.text import Line, Span, Style, bold, line
from diagnostics.guide import ChecklistView, Page, RuleView, Table
from knowledge.chat import ChatWords
from knowledge.model import Knowledge

MOST_OPTIONS = 25
"""Choices of one menu; Discord allows no more, Slack 100."""


def path_text(path: Sequence[int]) -> str:
    """Return a path as ids hold it: (0, 2, 1) is ``0.2.1``."""
    return ".".join(map(str, path))


def guide_card(page: Page, knowledge: Knowledge) -> Card:
    """Return a place of the tree: what is known there, the question as a menu, and the way back."""
    said = knowledge.chat
    blocks: list[Block] = [Heading(said.guide.title, 1)]
    if page.trail:
        blocks.append(Text(line(f" {said.guide.arrow} ".join(page.trail)), small=True))
    for rule in page.rules:
        blocks += [Divider(), *_rule(rule, said)]
    for checklist in page.checklists:
        blocks += [Divider(), *_checklist(checklist)]
    if page.question:
        if page.rules or page.checklists:
            blocks.append(Divider())
        blocks.append(Text(line(bold(page.question))))
    else:
        remark = said.remember.format(remark=page.remark)
        blocks += [Divider(), Text((Span(remark, Style.ITALIC),))]
    return Card(Tone.INFO, tuple(blocks), tuple(_ways(page, said)), tuple(_menus(page, said)))


def checklist_card(view: ChecklistView) -> Card:
    """Return one checklist."""
    return Card(Tone.INFO, tuple(_checklist(view, level=1)))


def checklists_card(knowledge: Knowledge) -> Card:
    """Return the list of all checklists, with a menu to choose one."""
    said = knowledge.chat
    rows = [Row(line(each.title)) for each in knowledge.checklists.values()]
    options = [Option(each.title, each.id) for each in knowledge.checklists.values()]
    menus = _divided(options, Menu(Action.CHECKLIST, "", said.guide.choose_checklist))
    return Card(Tone.INFO, (Heading(said.guide.checklists, 1), *rows), menus=tuple(menus))


def _menus(page: Page, said: ChatWords) -> Iterator[Menu]:
    options = [Option(answer, path_text((*page.path, number))) for number, answer in enumerate(page.answers)]
    yield from _divided(options, Menu(Action.GUIDE, path_text(page.path), said.guide.hint))


def _divided(options: Sequence[Option], like: Menu) -> Iterator[Menu]:
    for number, start in enumerate(range(0, len(options), MOST_OPTIONS)):
        part = tuple(options[start : start + MOST_OPTIONS])
        yield Menu(like.action, like.subject, like.hint, part, extra=f"menu{number or ''}")


def _ways(page: Page, said: ChatWords) -> Iterator[tuple[Button, ...]]:
    ways: list[Button] = []
    if page.path:
        ways.append(Button(Action.GUIDE, path_text(page.path[:-1]), said.buttons["back"], extra="back"))
    if len(page.path) > 1:
        ways.append(Button(Action.GUIDE, "", said.buttons["restart"], extra="top"))
    ways.append(Button(Action.DIAGNOSE, "", said.buttons["diagnose"], Emphasis.PRIMARY))
    yield tuple(ways)


def _rule(rule: RuleView, said: ChatWords) -> Iterator[Block]:
    yield Heading(rule.title, 1)
    if rule.summary:
        yield Text(line(rule.summary))
    if rule.symptoms:
        yield Heading(said.guide.symptoms)
        for symptom in rule.symptoms:
            yield Row(line(symptom))
    for table in rule.facts:
        yield from _table(table, Mark.BULLET)
    if rule.first:
        yield Heading(said.guide.first)
        yield Text(line(rule.first))
    if rule.fixes.rows:
        yield Heading(said.guide.fixes)
        for number, (diagnosis, solution, setting, priority) in enumerate(rule.fixes.rows, 1):
            named = said.guide.priority.format(priority=priority) if priority else ""
            below = " · ".join(part for part in (diagnosis, named) if part)
            yield Row(line(bold(solution), f": {setting}" if setting else ""), Mark.NONE, line(below), number)
    if rule.commands:
        yield Heading(said.guide.commands)
        yield Code(rule.commands.rstrip(), "sh")
    if rule.test:
        yield Heading(said.guide.test)
        yield Text(line(rule.test))


def _checklist(view: ChecklistView, level: int = 1) -> Iterator[Block]:
    yield Heading(view.title, level)
    for number, group in enumerate(view.groups, 1):
        yield from _table(group, Mark.TO_TICK, number if group.numbered else 0)
    if view.remark:
        yield Text((Span(view.remark, Style.ITALIC),))


def _table(table: Table, mark: Mark, number: int = 0) -> Iterator[Block]:
    if table.title:
        yield Heading(f"{number}. {table.title}" if number else table.title)
    for row in table.rows:
        first, *others = row
        second = others[0] if others else ""
        head: Line = line(bold(first), f": {second}" if second else "") if second else line(first)
        yield Row(head, mark, line(" · ".join(cell for cell in others[1:] if cell)))
