"""What others and the person's own last case add to a report, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.cases.model import Reply, Standing
from bot.chat.stored import OldReportError, report_of
from bot.chat.text import Line, cut, line
from diagnostics.comparison import Comparison, compare
from diagnostics.ranking import by_success, fix_key, success
from diagnostics.report import Finding, FixRow
from knowledge.model import Knowledge
from knowledge.wording import shown

_LEAST = 2
"""From the second case on it recurs."""
_MOST_CHANGES = 4
_LONGEST = 40
_FIX = 60
_TEENS = range(11, 14)


def in_order(finding: Finding, standing: Standing | None, knowledge: Knowledge) -> Finding:
    """Return a finding with its fixes in the order that works."""
    if standing is None:
        return finding
    rule = knowledge.rules.get(finding.id)
    return replace(finding, fixes=by_success(finding.fixes, rule, standing.tried, knowledge.recurrence.prior))


def heard(row: FixRow, standing: Standing | None, knowledge: Knowledge) -> str:
    """Return what people say of a fix, in numbers; nothing where too few did."""
    tried = standing.tried.get(fix_key(row.solution)) if standing else None
    if tried is None or tried.tried < knowledge.recurrence.least_quoted:
        return ""
    return knowledge.chat.recurrence.tried.format(helped=tried.helped, tried=tried.tried)


def recurring(finding: Finding, reply: Reply, knowledge: Knowledge) -> str:
    """Return how often this came up here this month, with the fix that worked most often."""
    standing, words = reply.standing, knowledge.chat.recurrence
    if standing is None or standing.cases < _LEAST or not reply.case.place.server:
        return ""
    quoted = [row for row in finding.fixes if heard(row, standing, knowledge)]
    nth = ordinal(standing.cases)
    if not quoted:
        return words.nth.format(nth=nth)
    prior, tried = knowledge.recurrence.prior, standing.tried
    best = max(quoted, key=lambda row: success(row, tried.get(fix_key(row.solution)), prior))
    known = tried[fix_key(best.solution)]
    fix = cut(best.solution.replace("`", ""), _FIX)
    return words.best.format(nth=nth, helped=known.helped, tried=known.tried, fix=fix)


def since_last(reply: Reply, knowledge: Knowledge) -> Line:
    """Return what changed since the person's last case; nothing where there is none that can be compared."""
    if reply.earlier is None or reply.report is None:
        return ()
    try:
        compared = compare(report_of(reply.earlier.report), report_of(reply.report))
    except OldReportError:
        return ()
    words = knowledge.chat.recurrence
    parts = list(_changes(compared, knowledge)) or [words.nothing_changed]
    return line(f"{words.since.format(case=reply.earlier.case)} {'; '.join(parts)}.")


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``14th`` ..."""
    ending = "th" if number % 100 in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _changes(compared: Comparison, knowledge: Knowledge) -> Iterator[str]:
    words = knowledge.chat.recurrence
    for change in compared.settings[:_MOST_CHANGES]:
        before, now = (cut(shown(value), _LONGEST).replace("`", "") for value in (change.before, change.now))
        yield words.changed.format(name=change.name.replace("_", " "), before=before, now=now)
    if compared.curve:
        yield words.curve.format(before=compared.curve[0], now=compared.curve[1])
    for form, titles in ((words.gone, compared.gone), (words.new, compared.new), (words.still, compared.still)):
        if titles:
            yield form.format(items=", ".join(titles[:_MOST_CHANGES]))
