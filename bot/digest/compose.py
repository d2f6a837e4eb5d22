"""Makes a digest of what is counted and kept: a few indexed queries, whatever the number of cases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.cases.marks import DAY, Subject, day_of
from bot.cases.recurrence import Count, Counts, Recurrence
from bot.cases.spans import BEFORE, Span
from bot.cases.tables import CaseRow
from bot.cases.weekly import Due
from bot.cases.weeks import date_of
from bot.chart import Bar, draw
from bot.digest.model import Digest, Disputed, Draft, Moved, Unruled, Waiting
from bot.stats import cause
from diagnostics.trend import Trend, trend
from knowledge.model import Knowledge

_WEEK = 7
_FINDINGS = 6
_UNKNOWN = 5
_LOOKED_AT = 40
"""Unknown errors of a week, the most frequent first, of which the new and growing ones are told."""
_EXAMPLES = 12
_WAITING = 5
_WAITING_DAYS = 28
_DISPUTED = 5


class Composer:
    """Makes digests of one case store."""

    def __init__(self, recurrence: Recurrence, knowledge: Callable[[], Knowledge], clock: Callable[[], float]) -> None:
        self._recurrence = recurrence
        self._knowledge = knowledge
        self._clock = clock

    async def of_week(self, due: Due, late: bool) -> Digest:
        """Return the digest that is due."""
        first, end = due.hour.days(due.week)
        span = Span(first, end, due.platform, due.server)
        return await self._drawn(span, str(due.week), due.at if late else None)

    async def so_far(self, platform: str, server: str) -> Digest:
        """Return the digest of the last seven days (UTC), today among them."""
        end = day_of(self._clock()) + 1
        return await self._drawn(Span(end - _WEEK, end, platform, server), "", None)

    async def counted(self, span: Span, week: str = "", late_since: float | None = None) -> Digest:
        """Return the digest of a span of one server, without its chart."""
        counts = await self._recurrence.counts(span)
        since = self._clock() - _WAITING_DAYS * DAY
        total, waiting = await self._recurrence.waiting(span.platform, span.server or "", since, _WAITING)
        all_cases = counts.total
        return Digest(
            platform=span.platform,
            server=span.server or "",
            week=week,
            first=date_of(span.first),
            last=date_of(span.end - 1),
            late_since=late_since,
            cases=self._moved(all_cases, span),
            solved=all_cases.solved,
            said=all_cases.fixed + all_cases.failed + all_cases.wrong,
            median_answer=counts.median_answer,
            median_fixed=counts.median_fixed,
            findings=tuple(self._moved(count, span) for count in _named(counts)[:_FINDINGS]),
            unknown=await self._told(counts, span),
            waiting=tuple(Waiting(row.public_id, _first(row), row.called_at or 0.0) for row in waiting),
            waiting_total=total,
            disputed=_disputed(counts),
            dataset_share=counts.dataset_share,
            by_day=counts.by_day,
        )

    async def _drawn(self, span: Span, week: str, late_since: float | None) -> Digest:
        digest = await self.counted(span, week, late_since)
        knowledge = self._knowledge()
        bars = [Bar(cause(each.subject, knowledge), each.cases, each.before) for each in digest.findings]
        chart = await asyncio.to_thread(draw, bars, digest.by_day, digest.first, knowledge.chat.digest.chart)
        return replace(digest, chart=chart)

    def _moved(self, count: Count, span: Span) -> Moved:
        rules = self._knowledge().recurrence
        moved = trend(count.cases, count.before, span.days / (span.days + BEFORE), rules.chance)
        return Moved(count.subject, count.cases, count.before * span.days / BEFORE, moved)

    async def unruled(self, span: Span) -> tuple[Unruled, ...]:
        """Return the errors of a span that no rule knows and that are new or grow, with drafts of rules."""
        return await self._told(await self._recurrence.counts(span), span)

    async def _told(self, counts: Counts, span: Span) -> tuple[Unruled, ...]:
        listed = counts.of.get(Subject.FINGERPRINT, ())[:_LOOKED_AT]
        known = await self._recurrence.known_before(span, Subject.FINGERPRINT, [each.subject for each in listed])
        told: list[Unruled] = []
        for count in listed:
            new = count.subject not in known
            moved = self._moved(count, span)
            grows = moved.trend is Trend.RISING and count.cases >= self._knowledge().recurrence.least_growing
            if (new or grows) and len(told) < _UNKNOWN:
                told.append(await self._unruled(moved, new, grows, span))
        return tuple(told)

    async def _unruled(self, moved: Moved, new: bool, grows: bool, span: Span) -> Unruled:
        rows = await self._recurrence.examples(moved.subject, span, _EXAMPLES)
        texts = list(dict.fromkeys(text for row in rows if (text := _text_of(row, moved.subject))))
        people = {row.asker for row in rows}
        draft = None
        if grows and texts and len(people) >= self._knowledge().recurrence.least_drafted:
            # heavy, and needed once a week
            from diagnostics.draft import draft_rule
            from diagnostics.fingerprint import Fingerprints

            knowledge = self._knowledge()
            marks = Fingerprints(knowledge.fingerprints)
            drafted = draft_rule(moved.subject, texts, knowledge.chat.digest.drafted, marks)
            draft = Draft(f"{drafted.id}.yaml", drafted.text)
        return Unruled(moved, new, texts[0] if texts else "", draft)


def _named(counts: Counts) -> Sequence[Count]:
    return [count for count in counts.of.get(Subject.FINDING, ()) if count.subject]


def _disputed(counts: Counts) -> tuple[Disputed, ...]:
    called = [count for count in _named(counts) if count.wrong]
    called.sort(key=lambda count: (-count.wrong, -count.wrong / count.cases, count.subject))
    return tuple(Disputed(count.subject, count.wrong, count.cases) for count in called[:_DISPUTED])


def _first(row: CaseRow) -> str:
    findings = (row.report or {}).get("findings") or [{"id": ""}]
    return str(findings[0]["id"])


def _text_of(row: CaseRow, fingerprint: str) -> str:
    listed = (row.report or {}).get("unknown") or ()
    return next((str(each["text"]) for each in listed if each["fingerprint"] == fingerprint), "")
