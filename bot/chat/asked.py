"""What the commands answer, the same on every chat."""

from __future__ import annotations

import asyncio
import time

from bot.cases.marks import day_of
from bot.cases.spans import Span
from bot.chart import draw
from bot.chat.cases import case_card, no_case_card
from bot.chat.doing import Caller, Said, find_case, may_delete
from bot.chat.receipts import forgotten_text
from bot.chat.settings_card import settings_card
from bot.chat.shown import Shown, checklist_shown, guide_shown
from bot.chat.stats import bars, stats_card
from bot.desk import Desk
from bot.stats import gather

USUAL_DAYS = 30
MOST_DAYS = 365


def guide(desk: Desk) -> Shown:
    """Answer `/guide`: the beginning of the guided tree."""
    return guide_shown(desk.guide(), desk.knowledge)


def checklist(desk: Desk, name: str) -> Shown:
    """Answer `/checklist`: the one of that name, or the list of all."""
    return checklist_shown(desk.checklist(name), desk.knowledge)


async def case(desk: Desk, caller: Caller, number: str) -> Shown:
    """Answer `/case`: what is kept of a case that the caller may see."""
    view = await find_case(desk, number, caller)
    if view is None:
        return Shown(no_case_card(number, desk.knowledge))
    return Shown(case_card(view, desk.knowledge, may_delete(view, caller)))


async def statistics(desk: Desk, caller: Caller, days: int = USUAL_DAYS) -> Shown:
    """Answer `/stats`: what recurs in the caller's server in the last `days` days (UTC), 1 to `MOST_DAYS`."""
    span = last_days(min(max(days, 1), MOST_DAYS), caller.platform, caller.server)
    stats = await gather(desk.recurrence, span, desk.knowledge)
    chart = await asyncio.to_thread(draw, bars(stats), stats.by_day, stats.first, desk.knowledge.chat.stats.chart)
    return Shown(stats_card(stats, desk.knowledge.chat, chart))


async def forget(desk: Desk, caller: Caller) -> Said:
    """Answer `/forget`: everything of the caller is deleted."""
    return Said(forgotten_text(await desk.forget(caller.platform, caller.person), desk.knowledge))


async def settings(desk: Desk, caller: Caller) -> Shown | Said:
    """Answer `/triage-settings`, for those who may change them."""
    if not caller.server or not caller.manager:
        return Said(desk.knowledge.chat.sentences.moderators_only)
    return Shown(settings_card(await desk.servers.get(caller.platform, caller.server), desk.knowledge))


def last_days(days: int, platform: str, server: str | None) -> Span:
    """Return the last days (UTC), today among them."""
    end = day_of(time.time()) + 1
    return Span(end - days, end, platform, server)
