"""The tables of the case store. Times are UNIX seconds; people are keyed hashes; every text is redacted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, MetaData, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of all tables; constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, bytes: LargeBinary}  # noqa: RUF012


_CALLED = text("called_at IS NOT NULL")


class CaseRow(Base):
    """A case: where it came from, who asked, what was found."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_waiting", "state", "platform", "server", "queued_at"),
        Index("ix_cases_open", "platform", "channel", "thread", "asker", "changed_at"),
        Index("ix_cases_turn", "platform", "server", "turn"),
        Index("ix_cases_asker", "asker", "received_at"),
        Index("ix_cases_called", "platform", "server", "called_at", sqlite_where=_CALLED, postgresql_where=_CALLED),
        Index("ix_cases_evidence", "evidence", "changed_at"),
        {"sqlite_autoincrement": True},  # a number is never given again: claims go by it
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    platform: Mapped[str]
    server: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    message: Mapped[str]
    asker: Mapped[str]
    asked: Mapped[bool]
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every file, message or edit."""
    diagnosed_revision: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None]
    report: Mapped[dict[str, Any] | None]
    notice: Mapped[str | None]
    redactions: Mapped[dict[str, Any] | None]
    plot: Mapped[bytes | None]
    page: Mapped[dict[str, Any] | None]
    """What its page shows beside the report: the lines around the evidence, and the curve as numbers."""
    received_at: Mapped[float]
    changed_at: Mapped[float]
    queued_at: Mapped[float]
    answered_at: Mapped[float | None]
    owner: Mapped[str | None]
    lease_until: Mapped[float] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    """Number of the claim, over all cases: the server with the oldest last turn is next."""
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[float] = mapped_column(default=0)
    """Not before this: the person is cooling down, or the last attempt failed."""
    handle: Mapped[str | None]
    """What the platform wants besides the place to answer, sealed; gone with the time in which files can be added."""
    called_at: Mapped[float | None]
    """When a moderator was called."""
    day: Mapped[int]
    """Days from 1970-01-01 (UTC) to its beginning: what counts are kept by."""
    first_answered_at: Mapped[float | None]
    verdict: Mapped[str | None]
    """What became of it: the asker's own word where there is one, else that of others."""
    evidence: Mapped[bool] = mapped_column(default=True)
    """Whether report, words and names of files are still there; counts are kept longer."""

    messages: Mapped[list[MessageRow]] = relationship(order_by="MessageRow.id", passive_deletes=True)
    files: Mapped[list[FileRow]] = relationship(order_by="FileRow.id", passive_deletes=True)


class MessageRow(Base):
    """A message of the asker that belongs to a case."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("platform", "message"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str]
    message: Mapped[str]
    text: Mapped[str]
    redactions: Mapped[dict[str, Any]]
    """What was replaced in the text and in the names of its files: kind to count."""


class FileRow(Base):
    """An attachment: what it was called and what it turned out to be; never its content."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("platform", "file"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str]
    file: Mapped[str]
    message: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    handle: Mapped[str | None]
    """Where it lies, if its message does not tell; sealed, and gone with the time in which files can be added."""
    sha256: Mapped[str | None]
    kind: Mapped[str | None]


class EventRow(Base):
    """An event that made or changed a case: the same one again does nothing."""

    __tablename__ = "events"

    platform: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)


class FindingRow(Base):
    """A finding of the newest report of a case."""

    __tablename__ = "findings"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    finding: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    confidence: Mapped[float]


class ReplyRow(Base):
    """The one reply of a case, written before it is sent: an earlier one is found again by its nonce."""

    __tablename__ = "replies"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    tried: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(default="", index=True)
    channel: Mapped[str] = mapped_column(default="")
    thread: Mapped[str] = mapped_column(default="")
    shown_revision: Mapped[int] = mapped_column(default=0)


class RepeatRow(Base):
    """A further reply of a case: it says under a message with the same files that they were answered before."""

    __tablename__ = "repeats"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    thread: Mapped[str]
    origin: Mapped[str]
    message: Mapped[str] = mapped_column(index=True)
    nonce: Mapped[str]


class FeedbackRow(Base):
    """What one person says became of one case."""

    __tablename__ = "feedback"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True, index=True)
    verdict: Mapped[str]
    finding: Mapped[str | None]
    at: Mapped[float]


class TryRow(Base):
    """A fix that one person tried on one case, and whether it helped."""

    __tablename__ = "tries"
    __table_args__ = (Index("ix_tries_person", "person", "finding", "fix", "at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    finding: Mapped[str] = mapped_column(primary_key=True)
    fix: Mapped[str] = mapped_column(primary_key=True)
    helped: Mapped[bool]
    at: Mapped[float]


class OutcomeRow(Base):
    """How many people tried a fix, and how many of them say that it helped: each counts once, by their last word."""

    __tablename__ = "outcomes"

    finding: Mapped[str] = mapped_column(primary_key=True)
    fix: Mapped[str] = mapped_column(primary_key=True)
    tried: Mapped[int]
    helped: Mapped[int]


class MarkRow(Base):
    """One thing that a case is counted under: its finding, trainer, model, GPU, an unknown error, ..."""

    __tablename__ = "marks"
    __table_args__ = (Index("ix_marks_subject", "kind", "subject", "case_id"), {"sqlite_with_rowid": False})

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)


class TallyRow(Base):
    """The counts of one subject on one day, and in one month, of one server, and of all servers (both empty)."""

    __tablename__ = "tallies"
    __table_args__ = (
        Index("ix_tallies_subject", "platform", "server", "kind", "subject", "grain", "day"),
        {"sqlite_with_rowid": False},
    )

    platform: Mapped[str] = mapped_column(primary_key=True)
    server: Mapped[str] = mapped_column(primary_key=True)
    grain: Mapped[str] = mapped_column(primary_key=True)
    """``day`` or ``month``."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    """Of a month the first."""
    subject: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]
    people: Mapped[int]
    """Those whose last case of this subject is of this day: their sum from a day on counts everyone once."""
    fixed: Mapped[int]
    failed: Mapped[int]
    wrong: Mapped[int]


class DigestRow(Base):
    """The digest of one server and week: claimed before it is sent, so that it is sent once."""

    __tablename__ = "digests"

    platform: Mapped[str] = mapped_column(primary_key=True)
    server: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    """ISO week, ``2026-W31``."""
    nonce: Mapped[str]
    channel: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    """Empty where it was given up."""
    due_at: Mapped[float]
    lease_until: Mapped[float]
    attempts: Mapped[int] = mapped_column(default=0)
    """Only the holder of the newest may put it off."""
    tried_at: Mapped[float] = mapped_column(default=0)
    """When posting it was first tried."""
    sent_at: Mapped[float | None]
    """Null until it stands."""


class LinkRow(Base):
    """The link to the page of a case, while it is shared."""

    __tablename__ = "links"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[str]
    at: Mapped[float]


class TokenRow(Base):
    """A token of the API, as a hash."""

    __tablename__ = "tokens"

    mark: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    at: Mapped[float]


class AuditRow(Base):
    """A change that somebody made at the desk."""

    __tablename__ = "audits"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float]
    who: Mapped[str]
    did: Mapped[str]
    about: Mapped[str]


class RemovalRow(Base):
    """A reply whose case is deleted and which is still to be taken down."""

    __tablename__ = "removals"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    server: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    origin: Mapped[str]
    message: Mapped[str]
    nonce: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)


class PositionRow(Base):
    """How far a channel was read."""

    __tablename__ = "positions"

    platform: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str]


class ServerRow(Base):
    """The settings of one server."""

    __tablename__ = "servers"

    platform: Mapped[str] = mapped_column(primary_key=True)
    server: Mapped[str] = mapped_column(primary_key=True)
    channels: Mapped[list[str]]
    answer_in: Mapped[str]
    digest_channel: Mapped[str]
    digest_hour: Mapped[int]
    time_zone: Mapped[str]
    quiet: Mapped[bool]
    role: Mapped[str]
    digest_since: Mapped[float] = mapped_column(default=0)
    """When the digest was last set: no week before that is due."""
