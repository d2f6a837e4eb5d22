"""Years of simulated cases in a real case store: servers, people and subjects of very different size.

The store is made by the migrations; its rows are what the desk would have written (tests/benchmarks compare the counts
with a recount). Only the newest cases hold a report: those before are past their retention.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.cases.database import migrate
from bot.cases.marks import DAY, Subject, duration_class, month_of

Ints = NDArray[np.int64]
START = 1_754_006_400
"""2025-08-01, in UNIX seconds."""
_TRAINERS = ("ai-toolkit", "sd-scripts", "kohya-gui", "musubi-tuner", "onetrainer", "diffusion-pipe", "simpletuner")
_CARDS = "4090 3090 3060 4070 5090 4080 3080 4060 3070 2080 A6000 A4000"
_GPUS = tuple(f"RTX {name}" for name in _CARDS.split(" "))
_MODELS = tuple(f"model-{number}" for number in range(40))
_FINDINGS = (
    "", "cuda-oom", "overfit", "underfit", "plastic-skin", "nan-loss", "invalid-config", "missing-dependency",
    "face-inconsistency", "dataset-error", "loss-plateau", "slow-or-stuck", "background-bleed", "unknown-crash",
    "dtype-mismatch", "host-oom", "download-failed", "gated-model", "loss-spikes", "body-proportions",
    "color-artifacts", "concept-bleed", "checkpoint-not-saving", "gpu-unsupported",
)  # fmt: skip
_DATASET = {"overfit", "underfit", "plastic-skin", "face-inconsistency", "dataset-error", "background-bleed"}
_ERRORS = 3000
_UNKNOWN_SHARE = 0.06
_VERDICTS = (None, "fixed", "did-not-help", "wrong")
_VERDICT_SHARES = (0.8, 0.13, 0.05, 0.02)
_REPORTS = 5000
_CHUNK = 50_000


@dataclass(frozen=True)
class Size:
    """How much to simulate."""

    cases: int
    servers: int = 200
    days: int = 365
    seed: int = 7


def simulate(path: Path, size: Size) -> None:
    """Make a case store at `path`."""
    migrate(f"sqlite+aiosqlite:///{path}")
    world = _World(size)
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA synchronous = OFF")
        store.execute("PRAGMA journal_mode = MEMORY")
        store.execute("PRAGMA cache_size = -400000")
        for start in range(0, size.cases, _CHUNK):
            some = range(start, min(start + _CHUNK, size.cases))
            store.executemany(
                "INSERT INTO cases (id, public_id, platform, server, channel, thread, message, asker, asked, state, "
                "revision, diagnosed_revision, outcome, report, received_at, changed_at, queued_at, answered_at, "
                "lease_until, fence, turn, attempts, retry_at, called_at, day, first_answered_at, verdict, evidence) "
                "VALUES (?, ?, 'test', ?, 'c', '', ?, ?, 1, 'answered', 1, 1, 'diagnosed', ?, ?, ?, ?, ?, 0, 1, ?, 0, "
                "0, ?, ?, ?, ?, ?)",
                world.cases(some),
            )
            store.executemany("INSERT INTO marks VALUES (?, ?, ?)", world.marks(some))
            store.executemany("INSERT INTO findings VALUES (?, 0, ?, 'warning', 0.9)", world.findings(some))
        store.executemany(
            "INSERT INTO tallies (platform, server, kind, subject, grain, day, cases, people, fixed, failed, wrong) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            world.tallies(),
        )
        store.execute("ANALYZE")
    store.close()


def largest_server() -> str:
    """Return the server with the most cases."""
    return "s0"


class _World:
    def __init__(self, size: Size) -> None:
        rng = np.random.default_rng(size.seed)
        count = size.cases
        self.size = size
        self.times = START + np.sort(rng.uniform(0, size.days * DAY, count))
        self.days: Ints = (self.times // DAY).astype(np.int64)
        self.server = _zipf(rng, size.servers, count)
        # a third as many people as cases, some of whom come again and again; nobody is in two servers
        self.person = self.server * count + (rng.random(count) ** 2 * (count / 3 / size.servers + 1)).astype(np.int64)
        self.finding = _zipf(rng, len(_FINDINGS), count)
        self.trainer = _zipf(rng, len(_TRAINERS), count)
        self.model = _zipf(rng, len(_MODELS), count)
        self.gpu = _zipf(rng, len(_GPUS), count)
        self.error = np.where(rng.random(count) < _UNKNOWN_SHARE, _zipf(rng, _ERRORS, count), -1)
        self.verdict = rng.choice(len(_VERDICTS), count, p=_VERDICT_SHARES)
        self.wait = rng.lognormal(1.5, 1, count)
        self.fixed_in = rng.lognormal(9, 2, count)
        self.called = rng.random(count) < 0.01
        self._subjects: list[tuple[str, str]] = []
        self._marked: list[Ints] = [
            self._all(Subject.CASE, ("",), np.zeros(count, np.int64)),
            self._all(Subject.FINDING, _FINDINGS, self.finding),
            self._all(Subject.TRAINER, _TRAINERS, self.trainer),
            self._all(Subject.MODEL, _MODELS, self.model),
            self._all(Subject.GPU, _GPUS, self.gpu),
            self._all(Subject.FINGERPRINT, [f"{number:012x}" for number in range(_ERRORS)], self.error),
            self._all(Subject.SERVER, [f"test/s{number}" for number in range(size.servers)], self.server),
            self._all(Subject.CAUSE, ("other", "dataset"), self._causes()),
            self._durations(Subject.ANSWERED_IN, self.wait, np.ones(count, bool)),
            self._durations(Subject.FIXED_IN, self.fixed_in, self.verdict == 1),
        ]

    def cases(self, some: range) -> Iterator[tuple[object, ...]]:
        for each in some:
            at = float(self.times[each])
            kept = each >= self.size.cases - _REPORTS
            called = at if self.called[each] else None
            answered = at + float(self.wait[each])
            yield (
                each + 1, f"{each:06X}", f"s{self.server[each]}", f"m{each}", f"p{self.person[each]:031x}",
                self._report(each) if kept else None, at, at, at, answered, each + 1, called, int(self.days[each]),
                answered, _VERDICTS[self.verdict[each]], kept,
            )  # fmt: skip

    def marks(self, some: range) -> Iterator[tuple[object, ...]]:
        for each in some:
            for marked in self._marked:
                if marked[each] >= 0:
                    yield each + 1, *self._subjects[marked[each]]

    def findings(self, some: range) -> Iterator[tuple[object, ...]]:
        yield from ((each + 1, _FINDINGS[self.finding[each]]) for each in some if self.finding[each])

    def tallies(self) -> Iterator[tuple[object, ...]]:
        """Yield the counts, and everyone on the last day of each subject."""
        for marked in self._marked:
            held = np.flatnonzero(marked >= 0)
            days, server, subject = self.days[held], self.server[held], marked[held]
            _, last = np.unique(np.stack([server, subject, self.person[held]])[:, ::-1], axis=1, return_index=True)
            newest = np.zeros(len(held), np.int64)
            newest[len(held) - 1 - last] = 1
            columns = [np.ones(len(held)), newest, *(self.verdict[held] == number for number in (1, 2, 3))]
            months = np.array([month_of(day) for day in range(self.days[0], self.days[-1] + 1)])[days - self.days[0]]
            for grain, when in (("day", days), ("month", months)):
                for where in (server, np.full(len(held), -1)):
                    keys, group = np.unique(np.stack([where, subject, when]), axis=1, return_inverse=True)
                    sums = [np.bincount(group.ravel(), column).astype(np.int64).tolist() for column in columns]
                    for row, (at, what, day) in enumerate(keys.T.tolist()):
                        place = ("test", f"s{at}") if at >= 0 else ("", "")
                        yield *place, *self._subjects[what], grain, day, *(each[row] for each in sums)

    def _all(self, kind: Subject, names: Sequence[str], chosen: Ints) -> Ints:
        start = len(self._subjects)
        self._subjects += [(kind.value, name) for name in names]
        return np.where(chosen >= 0, chosen + start, -1)

    def _durations(self, kind: Subject, seconds: NDArray[np.float64], there: NDArray[np.bool_]) -> Ints:
        names = [duration_class(each) for each in seconds.tolist()]
        distinct = sorted(set(names), key=int)
        number = {name: at for at, name in enumerate(distinct)}
        return self._all(kind, distinct, np.where(there, [number[name] for name in names], -1))

    def _causes(self) -> Ints:
        of_finding = np.array([-1, *(int(name in _DATASET) for name in _FINDINGS[1:])])
        return of_finding[self.finding]

    def _report(self, each: int) -> str:
        found = _FINDINGS[self.finding[each]]
        return json.dumps({"schema": 1, "findings": [{"id": found}] if found else []})


def _zipf(rng: np.random.Generator, kinds: int, count: int) -> Ints:
    weights = 1 / np.arange(1, kinds + 1)
    return rng.choice(kinds, count, p=weights / weights.sum()).astype(np.int64)
