"""Asking which fix a verdict is about."""

from __future__ import annotations

from typing import Any

from bot.cases.model import Verdict
from bot.chat.actions import Action, Menu, Option
from bot.chat.blocks import Card, Text, Tone
from bot.chat.guide import MOST_OPTIONS
from bot.chat.stored import OldReportError, report_of
from bot.chat.text import line
from diagnostics.ranking import fix_key
from diagnostics.report import FixRow
from knowledge.model import Knowledge


def first_fixes(kept: dict[str, Any] | None) -> tuple[FixRow, ...]:
    """Return the fixes of the first finding of a kept report."""
    try:
        report = report_of(kept) if kept is not None else None
    except OldReportError:
        return ()
    return report.findings[0].fixes if report and report.findings else ()


def tried_card(text: str, case: str, rows: tuple[FixRow, ...], verdict: Verdict, knowledge: Knowledge) -> Card:
    """Return the thanks for a verdict and, where the answer had fixes, a menu of them."""
    words = knowledge.chat.recurrence
    options = {
        fix_key(row.solution): Option(row.solution.replace("`", ""), fix_key(row.solution), row.diagnosis or "")
        for row in rows
    }
    listed = tuple(options.values())[:MOST_OPTIONS]
    menus: tuple[Menu, ...] = ()
    if listed:
        fixed = verdict is Verdict.FIXED
        hint = words.which_helped if fixed else words.which_tried
        menus = (Menu(Action.TRIED, case, hint, listed, most=1 if fixed else len(listed)),)
    return Card(Tone.NEUTRAL, (Text(line(text)),), menus=menus)
