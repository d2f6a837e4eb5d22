"""A week of cases in a real store, and a digest made by hand."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.cases.marks import DAY
from bot.cases.model import Outcome, Result, Verdict
from bot.cases.recurrence import Recurrence
from bot.cases.weekly import Due
from bot.cases.weeks import Hour, Week
from bot.digest.compose import Composer
from bot.digest.model import Digest, Disputed, Draft, Moved, Unruled, Waiting
from diagnostics.trend import Trend
from knowledge.load import load_knowledge
from tests.bot.cases.store import Store, submission

KNOWLEDGE = load_knowledge()
WEEK = Week.of(date(2026, 7, 27))
UTC = Hour(9, "UTC")
DUE = Due("test", "s", "d", WEEK, UTC, UTC.due(WEEK))
START = UTC.days(WEEK)[0] * DAY
"""The first moment of the week."""
ERROR = "library/train_util.py:{line} in load\nValueError: bucket {n} of /data/{n}.png has no images left to draw from"
MARK = "ab12cd34ef56"


def report(finding: str = "", unknown: str = "", about: str = "parameters", fingerprint: str = MARK) -> dict[str, Any]:
    found = {"id": finding, "severity": "critical", "confidence": 0.9, "kind": "crash"}
    found["fixes"] = [{"status": "to-check", "about": about, "solution": "x"}]
    errors = [{"fingerprint": fingerprint, "text": unknown, "count": 1}] if unknown else []
    return {"findings": [found] if finding else [], "unknown": errors}


@dataclass
class Told:
    """Puts cases into a store; `at` counts from the first moment of the week, in seconds."""

    store: Store
    number: int = 0
    cases: list[str] = field(default_factory=list)

    async def case(
        self,
        at: float,
        made: dict[str, Any],
        person: str = "",
        verdict: Verdict | None = None,
        server: str = "s",
        called: bool = False,
    ) -> str:
        store, self.number = self.store, self.number + 1
        person = person or f"p{self.number}"
        store.clock.now = START + at
        case = (await store.intake.receive(submission(f"m{self.number}", person=person, server=server))).case
        claim = await store.must_claim()
        store.clock.now += 6
        assert await store.outbox.keep(claim, Result(Outcome.DIAGNOSED, made)) is not None
        assert await store.outbox.slot(claim) is not None
        assert await store.outbox.sent(claim, f"r{self.number}", claim.case.place)
        if verdict is not None:
            store.clock.now += 3600 - 6
            assert await store.feedback.record(case, "test", person, verdict)
        if called:
            assert await store.feedback.call(case, "test")
        self.cases.append(case)
        return case


def composer(store: Store) -> Composer:
    return Composer(Recurrence(store.database), lambda: KNOWLEDGE, store.clock)


def digest(**values: Any) -> Digest:
    """Return a digest with something in every part of it."""
    rising, steady = Trend.RISING, Trend.STEADY
    usual: dict[str, Any] = {
        "platform": "test",
        "server": "s",
        "week": "2026-W31",
        "first": date(2026, 7, 27),
        "last": date(2026, 8, 2),
        "late_since": None,
        "cases": Moved("", 128, 110.0, steady),
        "solved": 0.71,
        "said": 58,
        "median_answer": 6.2,
        "median_fixed": 3 * 3600.0,
        "findings": (Moved("cuda-oom", 41, 22.5, rising), Moved("overfit", 23, 25.0, steady)),
        "unknown": (
            Unruled(Moved(MARK, 5, 0.0, rising), True, ERROR.format(line=12, n=7), Draft("unknown-a.yaml", "id: a\n")),
        ),
        "waiting": (Waiting("K7Q2MX", "cuda-oom", 1_785_000_000.0),),
        "waiting_total": 3,
        "disputed": (Disputed("overfit", 4, 23),),
        "dataset_share": 0.62,
        "by_day": (15, 22, 19, 11, 25, 20, 16),
    }
    return Digest(**{**usual, **values})
