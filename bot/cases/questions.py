"""The queries behind replies, /stats and the digest; tests/bot/cases/test_plans.py holds the index that serves each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot.cases.marks import Subject
from bot.cases.spans import Piece, Span
from bot.cases.tables import CaseRow, MarkRow, OutcomeRow, TallyRow
from bot.cases.tallies import ALL, Grain


def counted(span: Span, piece: Piece, kinds: Sequence[Subject]) -> Select[*tuple[Any, ...]]:
    """Return the query for (kind, subject, cases, people, fixed, failed, wrong) over a piece of a span."""
    columns = (TallyRow.cases, TallyRow.people, TallyRow.fixed, TallyRow.failed, TallyRow.wrong)
    # an expression: to save the sorting SQLite would else go through all days of ix_tallies_subject
    subject = TallyRow.subject.concat("")
    query = _sums(piece, span, TallyRow.kind, subject, *(func.sum(column) for column in columns))
    return query.where(TallyRow.kind.in_([str(kind) for kind in kinds])).group_by(TallyRow.kind, subject)


def subject_sums(span: Span, piece: Piece, kind: Subject, subject: str) -> Select[*tuple[Any, ...]]:
    """Return the query for the cases and the people of one subject over a piece of a span."""
    query = _sums(piece, span, func.sum(TallyRow.cases), func.sum(TallyRow.people))
    return query.where(TallyRow.kind == kind, TallyRow.subject == subject)


def seen_before(span: Span, kind: Subject, subjects: Sequence[str]) -> Select[str]:
    """Return the query for those of the subjects that a server saw before a span."""
    return (
        select(TallyRow.subject)
        .distinct()
        .where(
            TallyRow.platform == span.platform,
            TallyRow.server == span.server,
            TallyRow.kind == kind,
            TallyRow.subject.in_(subjects),
            TallyRow.grain == Grain.DAY,
            TallyRow.day < span.first,
        )
    )


def fixes_tried(finding: str) -> Select[OutcomeRow]:
    """Return the query for what people say of the fixes of a finding."""
    return select(OutcomeRow).where(OutcomeRow.finding == finding)


def example_cases(fingerprint: str, span: Span, most: int) -> Select[CaseRow]:
    """Return the query for the newest cases with an unknown error whose evidence is still there."""
    query = (
        select(CaseRow)
        .join(MarkRow, MarkRow.case_id == CaseRow.id)
        .where(MarkRow.kind == Subject.FINGERPRINT, MarkRow.subject == fingerprint, CaseRow.evidence)
        .order_by(MarkRow.case_id.desc())
        .limit(most)
    )
    return (
        query if span.server is None else query.where(CaseRow.platform == span.platform, CaseRow.server == span.server)
    )


def by_day(span: Span) -> Select[*tuple[Any, ...]]:
    """Return the query for (day, cases) over a span."""
    query = _sums(Piece(Grain.DAY, span.first, span.end), span, TallyRow.day, func.sum(TallyRow.cases))
    return query.where(TallyRow.kind == Subject.CASE, TallyRow.subject == "").group_by(TallyRow.day)


def called(platform: str, server: str, since: float) -> Select[CaseRow]:
    """Return the query for the cases to which a human was called since a time, and which nobody calls fixed."""
    return select(CaseRow).where(
        CaseRow.platform == platform,
        CaseRow.server == server,
        CaseRow.called_at.is_not(None),
        CaseRow.called_at >= since,
        or_(CaseRow.verdict.is_(None), CaseRow.verdict != "fixed"),
    )


def _sums(piece: Piece, span: Span, *columns: Any) -> Select[*tuple[Any, ...]]:
    platform, server = ALL if span.server is None else (span.platform, span.server)
    return select(*columns).where(
        TallyRow.platform == platform,
        TallyRow.server == server,
        TallyRow.grain == piece.grain,
        TallyRow.day >= piece.first,
        TallyRow.day < piece.end,
    )
