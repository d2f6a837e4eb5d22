"""A case store on a real database, with a clock that the tests turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.cases.database import Database
from bot.cases.feedback import Feedback
from bot.cases.intake import Intake, Rules
from bot.cases.lookup import Lookup
from bot.cases.model import Claim, FileRef, FileSeen, Outcome, Place, Result, Submission
from bot.cases.outbox import Outbox
from bot.cases.people import People
from bot.cases.queue import Queue
from bot.cases.repeats import Repeats
from bot.cases.seal import Seal
from bot.cases.servers import Servers
from bot.redact import Redactor
from knowledge.desk import load_desk
from knowledge.redaction import load_redaction

KEY = b"a key of the tests"
REDACTOR = Redactor(load_redaction(), KEY)


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Store:
    database: Database
    clock: Clock
    people: People
    intake: Intake
    queue: Queue
    outbox: Outbox
    feedback: Feedback
    servers: Servers
    lookup: Lookup
    repeats: Repeats

    async def must_claim(self) -> Claim:
        claim = await self.queue.claim()
        assert claim is not None
        return claim

    async def answer(self, message: str = "r1") -> Claim:
        claim = await self.must_claim()
        assert await self.outbox.keep(claim, result(claim)) is not None
        assert await self.outbox.slot(claim) is not None
        assert await self.outbox.sent(claim, message, claim.case.place)
        return claim


def url_of(folder: Path) -> str:
    """Return where the store of a test is; the same folder is the same store."""
    return f"sqlite+aiosqlite:///{folder / 'cases.sqlite'}"


@asynccontextmanager
async def opened(folder: Path, server_cases: int = 2, cooldown: float = 0) -> AsyncIterator[Store]:
    database = Database(url_of(folder))
    await database.open()
    clock = Clock()
    people = People(database, KEY)
    rules = Rules(load_desk().relevant, cooldown, 3600)
    try:
        yield Store(
            database,
            clock,
            people,
            Intake(database, people, REDACTOR, rules, clock, Seal(KEY)),
            Queue(database, "me", 60, server_cases, clock, ["test"], Seal(KEY)),
            Outbox(database, clock, Seal(KEY)),
            Feedback(database, people, clock),
            Servers(database),
            Lookup(database, people),
            Repeats(database, clock, 3600, load_desk().notices),
        )
    finally:
        await database.close()


def submission(
    message: str = "m1",
    *,
    person: str = "marta",
    text: str = "loss is nan",
    files: tuple[str, ...] = ("log.txt",),
    server: str = "s",
    thread: str = "",
    reply_to: str = "",
    asked: bool = True,
    event: str = "",
) -> Submission:
    return Submission(
        event=event or f"e-{message}",
        message=message,
        place=Place("test", server, "c", thread),
        person=person,
        text=text,
        files=tuple(FileRef(f"{message}-{number}", message, name, 10) for number, name in enumerate(files)),
        asked=asked,
        reply_to=reply_to,
    )


def result(claim: Claim, finding: str = "cuda-oom", outcome: Outcome = Outcome.DIAGNOSED) -> Result:
    report = {"findings": [{"id": finding, "severity": "critical", "confidence": 0.9}]}
    files = tuple(FileSeen(file.id, "0" * 64, "log") for file in claim.files)
    return Result(outcome, report, None, {"hf-token": 1}, b"png", files)
