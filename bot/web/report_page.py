"""What the page of a case shows, typed; the template only lays it out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases.lookup import CaseView
from bot.cases.model import Outcome, Reply
from bot.chat.findings import certainty, context, fix_row, place, replaced
from bot.chat.recurring import heard, in_order, recurring
from bot.chat.stored import OldReportError, report_of
from bot.chat.text import Line
from bot.web.diff import DiffRow, applied, side_by_side
from diagnostics.checks import SUPPORT, differing, given_whole, items
from diagnostics.report import CheckResult, Finding, Report
from knowledge.model import Checklist, Knowledge


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A line that shows something, with those around it: (number, text, whether it is the one)."""

    place: str
    text: str
    around: tuple[tuple[int, str, bool], ...]
    wraps: bool
    """Whether it is prose, not lines of a file."""


@dataclass(frozen=True, slots=True)
class FixView:
    """A row of a fix table."""

    status: str
    what: Line
    why: Line


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding."""

    id: str
    title: str
    severity: str
    severity_words: str
    certainty: str
    summary: str
    recurs: str
    first: str | None
    evidence: tuple[EvidenceView, ...]
    fixes: tuple[FixView, ...]
    commands: str | None
    test: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """An item that would help, and how to get it."""

    item: str
    how: str


@dataclass(frozen=True, slots=True)
class ConfigView:
    """A config as it was handed in, and with the corrections; empty where there are none or they do not fit."""

    name: str
    text: str
    corrected: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report, ready to be laid out. `report` is None where there is none to show: then `notice` says why."""

    notice: str
    report: Report | None = None
    headline: str = ""
    context: tuple[str, ...] = ()
    findings: tuple[FindingView, ...] = ()
    curve: str = ""
    """The curve as JSON, for the script that draws it."""
    diff: tuple[DiffRow, ...] = ()
    corrected: str = ""
    """The whole config with the corrections; empty where its text is not kept."""
    missing: tuple[Missing, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    """Items of the guide's checklists that the files contradict, and why."""
    lists: tuple[tuple[Checklist, list[CheckResult]], ...] = ()
    """Checklists of the guide that are answered item by item."""
    replaced: str = ""


def report_page(view: CaseView, knowledge: Knowledge) -> ReportPage:
    """Return what to show of an answered case."""
    said = knowledge.chat
    notice = (view.notice or "") if view.evidence else said.expired
    hidden = replaced(view.redactions, said) if view.redactions else ""
    if view.report is None:
        return ReportPage(notice or said.cannot_tell, replaced=hidden)
    try:
        report = report_of(view.report)
    except OldReportError:
        return ReportPage(notice or said.old_report, replaced=hidden)
    reply = Reply(view.ref, 0, Outcome(view.outcome or Outcome.DIAGNOSED), view.report, None, {}, None, view.standing)
    page = view.page or {}
    around = {(each["file"], each["line"]): each["lines"] for each in page.get("excerpts") or ()}
    return ReportPage(
        notice=notice,
        report=report,
        headline=_headline(report, knowledge),
        context=tuple(context(report, said)),
        findings=tuple(_finding(number, each, reply, around, knowledge) for number, each in enumerate(report.findings)),
        curve=_curve(page.get("curve")),
        diff=side_by_side(report.config_patch) if report.config_patch else (),
        corrected=config.corrected if (config := config_view(view)) else "",
        missing=tuple(_missing(report, knowledge)),
        failed=tuple((each.check, each.why or "") for each in differing(report.checks, knowledge)),
        lists=tuple(given_whole(report.checks, knowledge)),
        replaced=hidden,
    )


def config_view(view: CaseView) -> ConfigView | None:
    """Return the config that a report corrects, else the first that is kept."""
    patch = (view.report or {}).get("config_patch") or ""
    kept = [
        ConfigView(each["name"], each["text"], applied(each["text"], patch, each["first_line"]) or "" if patch else "")
        for each in (view.page or {}).get("configs") or ()
    ]
    return next((each for each in kept if each.corrected), kept[0] if kept else None)


def _headline(report: Report, knowledge: Knowledge) -> str:
    said = knowledge.chat
    if report.findings:
        return report.findings[0].title
    if not report.usable:
        return said.nothing_usable
    return said.nothing_found if report.trainer or report.loss else said.cannot_tell


def _finding(
    number: int, finding: Finding, reply: Reply, around: Mapping[tuple[str, int], Any], knowledge: Knowledge
) -> FindingView:
    said, standing = knowledge.chat, reply.standing
    ordered = in_order(finding, standing, knowledge) if number == 0 else finding
    rows = [(row, fix_row(row, 0, heard(row, standing, knowledge) if number == 0 else "")) for row in ordered.fixes]
    return FindingView(
        id=finding.id,
        title=finding.title,
        severity=finding.severity.value,
        severity_words=said.severities[finding.severity.value],
        certainty=certainty(finding, said),
        summary=finding.summary,
        recurs=recurring(finding, reply, knowledge) if number == 0 else "",
        first=finding.first,
        evidence=tuple(
            EvidenceView(
                place(each, said),
                each.text,
                tuple((int(at), str(text), at == each.line) for at, text in around.get((each.file, each.line)) or ()),
                each.file in said.places,
            )
            for each in finding.evidence
        ),
        fixes=tuple(FixView(row.status.value, drawn.line, drawn.below) for row, drawn in rows),
        commands=finding.commands,
        test=finding.test,
    )


def _missing(report: Report, knowledge: Knowledge) -> Iterator[Missing]:
    how = {item.check: item.how or "" for item in items(knowledge.checklists[SUPPORT])}
    yield from (Missing(each, how.get(each, "")) for each in report.checklist.missing)


def _curve(curve: Mapping[str, Any] | None) -> str:
    return json.dumps(curve, allow_nan=False) if curve and curve.get("steps") else ""
