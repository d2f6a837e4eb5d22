"""The guided tree and the checklists on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from diagnostics.guide import ChecklistView, Page, RuleView, Table, checklist_view, page
from knowledge.model import Checklist, Knowledge


def walk_guide(knowledge: Knowledge, answers: Sequence[int], console: Console | None = None) -> None:
    """Ask the questions of the tree until a branch ends; `answers` (1-based) given beforehand are not asked.

    Raises `LookupError` where there is no such answer.
    """
    console = console or Console(highlight=False)
    here = page(knowledge)
    given = iter(answers)
    while here.question:
        number = next(given, None)
        if number is None:
            show_page(here, console)
            if not console.is_terminal:
                return
            number = click.prompt("Your answer (number)", type=click.IntRange(1, len(here.answers)))
        here = page(knowledge, (*here.path, number - 1))
    show_page(here, console)


def show_page(here: Page, console: Console) -> None:
    """Print a place of the tree: what is known there, then the next question."""
    if here.trail:
        console.print(Text(" > ".join(here.trail), style="dim"))
    for rule in here.rules:
        _show_rule(rule, console)
    for checklist in here.checklists:
        _show_checklist(checklist, console)
    if here.question:
        console.print(Text(here.question, style="bold"))
        for number, answer in enumerate(here.answers, 1):
            console.print(Text(f"  {number}  {answer}"))
    else:
        console.print(Text(f"Remember: {here.remark}", style="italic"))


def list_checklists(knowledge: Knowledge, console: Console | None = None) -> None:
    """Print the names of all checklists."""
    console = console or Console(highlight=False)
    console.print(Text("Show one with: lora-triage checklist NAME", style="dim"))
    for checklist in knowledge.checklists.values():
        console.print(Text.assemble((f"  {checklist.id:18}", "cyan"), checklist.title))


def show_checklist(checklist: Checklist, console: Console | None = None) -> None:
    """Print one checklist."""
    _show_checklist(checklist_view(checklist), console or Console(highlight=False))


def _show_rule(rule: RuleView, console: Console) -> None:
    console.print(Text(rule.title, style="bold cyan"))
    if rule.summary:
        console.print(Text(rule.summary))
    for symptom in rule.symptoms:
        console.print(Text(f"  • {symptom}"))
    for table in rule.facts:
        _show_table(table, console)
    if rule.first:
        console.print(Text.assemble(("First: ", "bold"), rule.first))
    _show_table(rule.fixes, console)
    if rule.commands:
        console.print(Padding(Text(rule.commands.rstrip()), (0, 2)))
    if rule.test:
        console.print(Text.assemble(("Test: ", "bold"), rule.test))
    console.print()


def _show_checklist(checklist: ChecklistView, console: Console) -> None:
    console.print(Text(checklist.title, style="bold cyan"))
    for number, group in enumerate(checklist.groups, 1):
        title = f"{number}. {group.title}" if group.numbered else group.title
        _show_table(group, console, title)
    if checklist.remark:
        console.print(Text(checklist.remark, style="italic"))
    console.print()


def _show_table(table: Table, console: Console, title: str | None = None) -> None:
    title = title or table.title
    if title:
        console.print(Text(title, style="bold"))
    used = [index for index in range(len(table.columns)) if any(row[index] for row in table.rows)]
    grid = RichTable(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 2))
    for index in used:
        grid.add_column(table.columns[index], ratio=2)
    for row in table.rows:
        grid.add_row(*(Text(row[index].replace("`", "")) for index in used))
    console.print(grid)
