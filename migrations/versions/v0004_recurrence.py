"""What recurs: marks and counts, fixes that were tried, the digests that were sent"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CALLED = sa.text("called_at IS NOT NULL")
_KEY = ("platform", "server", "kind", "subject", "grain", "day")
_COUNTS = "cases, people, fixed, failed, wrong"


def upgrade() -> None:
    op.add_column("cases", sa.Column("day", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("first_answered_at", sa.Double(), nullable=True))
    op.add_column("cases", sa.Column("verdict", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("evidence", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("servers", sa.Column("digest_since", sa.Double(), nullable=False, server_default="0"))
    # PostgreSQL rounds where SQLite cuts off
    days = "CAST(FLOOR(received_at / 86400) AS INTEGER)" if _is_postgresql() else "CAST(received_at / 86400 AS INTEGER)"
    op.execute(f"UPDATE cases SET day = {days}, first_answered_at = answered_at")  # noqa: S608  # our own words
    op.create_index(
        "ix_cases_called",
        "cases",
        ["platform", "server", "called_at"],
        sqlite_where=_CALLED,
        postgresql_where=_CALLED,
    )
    op.create_index("ix_cases_evidence", "cases", ["evidence", "changed_at"])
    _create_tables()
    _count_what_is_there()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _create_tables() -> None:
    op.create_table(
        "tries",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tries_case_id_cases"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "person", "finding", "fix", name=op.f("pk_tries")),
    )
    op.create_index("ix_tries_person", "tries", ["person", "finding", "fix", "at"])
    op.create_table(
        "outcomes",
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("finding", "fix", name=op.f("pk_outcomes")),
    )
    op.create_table(
        "marks",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_marks_case_id_cases"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "kind", "subject", name=op.f("pk_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_marks_subject", "marks", ["kind", "subject", "case_id"])
    op.create_table(
        "tallies",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("cases", "people", "fixed", "failed", "wrong")),
        sa.PrimaryKeyConstraint("platform", "server", "grain", "kind", "day", "subject", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tallies_subject", "tallies", ["platform", "server", "kind", "subject", "grain", "day"])
    op.create_table(
        "digests",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "server", "week", name=op.f("pk_digests")),
    )


def _count_what_is_there() -> None:
    """Count the cases of earlier versions by what their findings say; the rest of a report stays uncounted."""
    op.execute("INSERT INTO marks (case_id, kind, subject) SELECT id, 'case', '' FROM cases WHERE outcome IS NOT NULL")
    op.execute(
        "INSERT INTO marks (case_id, kind, subject) SELECT case_id, 'finding', finding FROM findings WHERE position = 0"
    )
    said = "EXISTS (SELECT 1 FROM feedback WHERE case_id = cases.id AND verdict = '{0}')"
    for verdict in ("wrong", "did-not-help", "fixed"):
        op.execute(f"UPDATE cases SET verdict = '{verdict}' WHERE {said.format(verdict)}")  # noqa: S608  # our own words
    op.execute(
        "INSERT INTO tallies (platform, server, kind, subject, grain, day, cases, people, fixed, failed, wrong) "
        "SELECT platform, server, kind, subject, 'day', day, COUNT(*), "
        "COUNT(DISTINCT CASE WHEN NOT EXISTS (SELECT 1 FROM cases later JOIN marks m ON m.case_id = later.id "
        "WHERE later.asker = cases.asker AND later.platform = cases.platform AND later.server = cases.server "
        "AND later.day > cases.day AND m.kind = marks.kind AND m.subject = marks.subject) THEN asker END), "
        "SUM(CASE WHEN verdict = 'fixed' THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN verdict = 'did-not-help' THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN verdict = 'wrong' THEN 1 ELSE 0 END) "
        "FROM marks JOIN cases ON cases.id = marks.case_id GROUP BY platform, server, kind, subject, day"
    )
    connection = op.get_bind()
    counted = connection.execute(sa.text(f"SELECT platform, server, kind, subject, day, {_COUNTS} FROM tallies")).all()  # noqa: S608
    sums: Counter[tuple[object, ...]] = Counter()
    for platform, server, kind, subject, day, *counts in counted:
        month = (date(1970, 1, 1) + timedelta(day)).replace(day=1) - date(1970, 1, 1)
        for key in (
            ("", "", kind, subject, "day", day),
            ("", "", kind, subject, "month", month.days),
            (platform, server, kind, subject, "month", month.days),
        ):
            sums.update({(*key, name): value for name, value in zip(_COUNTS.split(", "), counts, strict=True)})
    names = _COUNTS.split(", ")
    rows = [dict(zip(_KEY, key, strict=True)) for key in {each[:-1] for each in sums}]
    for row in rows:
        row |= {name: sums[(*(row[part] for part in _KEY), name)] for name in names}
    if rows:
        op.bulk_insert(sa.table("tallies", *map(sa.column, (*_KEY, *names))), rows)


def downgrade() -> None:
    for table in ("digests", "tallies", "marks", "outcomes", "tries"):
        op.drop_table(table)
    op.drop_index("ix_cases_evidence", "cases")
    op.drop_index("ix_cases_called", "cases")
    op.drop_column("servers", "digest_since")
    for column in ("evidence", "verdict", "first_answered_at", "day"):
        op.drop_column("cases", column)
