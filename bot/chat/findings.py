"""Parts of a report in words that the short answer and the details share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.chat.blocks import Mark, Row, Tone
from bot.chat.text import bold, line
from diagnostics.bundle import Evidence
from diagnostics.report import Finding, FixRow, Report, Status
from knowledge.chat import ChatWords
from knowledge.model import Severity
from knowledge.wording import shown

_TONES = {Severity.CRITICAL: Tone.CRITICAL, Severity.WARNING: Tone.WARNING, Severity.INFO: Tone.INFO}
_MARKS = {Status.CONFIRMED: Mark.CONFIRMED, Status.TO_CHECK: Mark.TO_CHECK, Status.RULED_OUT: Mark.RULED_OUT}
_MOST_PERCENT = 99


def tone_of(severity: Severity) -> Tone:
    """Return the tone of a card about a finding of this severity."""
    return _TONES[severity]


def certainty(finding: Finding, said: ChatWords) -> str:
    """Return how sure a finding is, never more than 99 %."""
    return said.certainty.format(percent=min(_MOST_PERCENT, round(100 * finding.confidence)))


def place(evidence: Evidence, said: ChatWords) -> str:
    """Return ``log.txt:45``, or the file alone where there is no line; the message and the whole go by their names."""
    if evidence.file in said.places:
        return said.places[evidence.file]
    return f"{evidence.file}:{evidence.line}" if evidence.line else evidence.file


def fix_row(row: FixRow, number: int = 0, heard: str = "") -> Row:
    """Return a fix row: what to do with its setting, and below it the sign, what the bundle says about it, and what
    people do (`heard`)."""
    setting = f": {row.setting}" if row.setting else ""
    below = " · ".join(part for part in (heard, row.diagnosis, row.why) if part)
    return Row(line(bold(row.solution), setting), _MARKS[row.status], line(below), number)


def context(report: Report, said: ChatWords) -> Iterator[str]:
    """Yield what was trained with what: trainer, model, rank, learning rate and so on, as far as known."""
    if report.trainer:
        yield report.trainer.id
    for name, form in said.headline.items():
        if name in report.facts:
            # of a path or a repository the last part says which model it is
            yield form.format(shown(report.facts[name]).rstrip("/").rpartition("/")[2])


def replaced(redactions: Mapping[str, int], said: ChatWords) -> str:
    """Return what was replaced before it was kept: kinds and counts, never a value."""
    return said.redacted.format(items=", ".join(_counted(kind, redactions[kind], said) for kind in sorted(redactions)))


def _counted(kind: str, count: int, said: ChatWords) -> str:
    one, several = said.kinds.get(kind, (kind.replace("-", " "),) * 2)
    return f"{count} {one if count == 1 else several}"
