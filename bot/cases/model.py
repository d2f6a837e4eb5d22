"""What passes between the adapters and the case service. Ids are the platform's own, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from diagnostics.ranking import Tried


class State(StrEnum):
    """Where a case is on its way."""

    RECEIVED = "received"
    DIAGNOSING = "diagnosing"
    ANSWERED = "answered"


class Outcome(StrEnum):
    """How the diagnosis of a case ended."""

    DIAGNOSED = "diagnosed"
    SILENT = "silent"
    """Nobody asked and it is no training material: nothing is said."""
    TOO_SLOW = "too-slow"
    TOO_MUCH_MEMORY = "too-much-memory"
    CRASHED = "crashed"
    FILES_GONE = "files-gone"
    """None of the files could be had any more."""
    REPEATED = "repeated"
    """The files made a case before: the reply names that one, and this one ends in it."""


class Verdict(StrEnum):
    """What a person says became of an answer."""

    FIXED = "fixed"
    DID_NOT_HELP = "did-not-help"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a platform. `server` is empty for direct messages, `thread` where there is none."""

    platform: str
    server: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file as the platform announces it; its link is asked for anew, since links are signed, and run out."""

    id: str
    message: str
    name: str
    size: int
    handle: str = field(default="", repr=False)
    """How the platform finds it where its message does not tell, as with files of a command. Kept sealed, for as long
    as the case is open."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A message or command that asks for help, or may do so."""

    event: str
    """Equal for the same event delivered twice."""
    message: str
    """Id of the message; of a command, of its interaction."""
    place: Place
    person: str
    text: str = ""
    files: tuple[FileRef, ...] = ()
    asked: bool = False
    """Whether the bot was called on purpose: then it always answers."""
    reply_to: str = ""
    """The message that this one answers, where the platform says so."""
    handle: str = field(default="", repr=False)
    """What the adapter needs besides the place to answer a command. Kept sealed, for as long as the case is open."""


class Status(StrEnum):
    """What became of a submission."""

    OPENED = "opened"
    ADDED = "added"
    KNOWN = "known"
    """Seen before: the same event, message or file."""
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    """Not training material, and nobody called."""
    COOLING = "cooling"
    """The person has more cases waiting than anyone needs."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a submission. `ahead` is how many cases go before it, where the caller is told so at once; `wait`
    the seconds until it is begun, since the person opened another one a moment ago, or until the next one is taken."""

    status: Status
    case: str = ""
    ahead: int = 0
    wait: float = 0


@dataclass(frozen=True, slots=True)
class CaseRef:
    """What an adapter needs to answer a case."""

    id: str
    place: Place
    message: str
    """The message that opened the case."""
    handle: str = field(default="", repr=False)
    """What the submission that opened it had as its handle."""


class Step(StrEnum):
    """What is being done about a case that is not answered yet."""

    WAITING = "waiting"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Progress:
    """What to say on a case until its answer takes the place of this."""

    case: CaseRef
    step: Step
    ahead: int = 0
    """How many cases go before it while it waits."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the first finding of a case stands: cases and people of this server in its month, itself included, and what
    everybody says of its fixes, by `fix_key`."""

    cases: int
    people: int
    tried: Mapping[str, Tried]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The person's last case on the same trainer; `at` in UNIX seconds."""

    case: str
    at: float
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say on a case: a redacted report in the JSON contract, or a plain sentence, or both."""

    case: CaseRef
    revision: int
    outcome: Outcome
    report: dict[str, Any] | None
    notice: str | None
    redactions: dict[str, int] = field(default_factory=dict)
    """What was replaced: kind to count."""
    plot: bytes | None = None
    """The loss curve as PNG."""
    standing: Standing | None = None
    earlier: Earlier | None = None
    link: str = ""
    """Where the page of the case is; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A case that this worker may work on until the lease ends. Only the newest `fence` may write."""

    row: int
    case: CaseRef
    fence: int
    revision: int
    asked: bool
    text: str
    files: tuple[FileRef, ...]
    diagnosed: bool
    """Whether this revision was diagnosed before a crash, so that only the answer is missing."""
    attempts: int = 1
    redactions: dict[str, int] = field(default_factory=dict)
    """What was replaced in the text and the names already."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the one reply of a case stands, or is to stand."""

    nonce: str
    message: str
    """The reply's message where it is known; empty before it is sent."""
    tried: bool
    """Whether it may have been sent without being noted down."""
    place: Place


@dataclass(frozen=True, slots=True)
class Removal:
    """A reply of ours that is to disappear."""

    row: int
    case: CaseRef
    """Where the case was; its id is forgotten already."""
    place: Place
    message: str
    """Empty where it is not known whether the reply was sent: then the nonce tells."""
    nonce: str
    attempts: int = 0
    """How often taking it down failed."""


@dataclass(frozen=True, slots=True)
class FileSeen:
    """What was learned about a file by reading it."""

    id: str
    sha256: str
    kind: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a report, as statistics need it."""

    id: str
    severity: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker process made of a case; everything in it is redacted."""

    outcome: Outcome
    report: dict[str, Any] | None = None
    notice: str | None = None
    redactions: dict[str, int] = field(default_factory=dict)
    plot: bytes | None = None
    files: tuple[FileSeen, ...] = ()
    page: dict[str, Any] | None = None
    """The lines around the evidence and the curve as numbers, for those who look at the page of the case."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the report."""
        listed = self.report["findings"] if self.report else []
        return tuple(Finding(each["id"], each["severity"], each["confidence"]) for each in listed)
