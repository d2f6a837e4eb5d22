"""What a press of a button or a choice from a menu leads to, the same on every chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.actions import Action
from bot.chat.asked import case as case_of
from bot.chat.doing import (
    Caller,
    Said,
    call_moderator,
    change_setting,
    delete_case,
    find_case,
    find_reply,
    give_tried,
    verdict_card,
)
from bot.chat.ids import CustomId, path_of
from bot.chat.settings_card import settings_card
from bot.chat.shown import Form, Shown, checklist_shown, details_shown, guide_shown
from bot.desk import Desk
from bot.logs import get_log

_log = get_log(__name__)
RANKED = frozenset({Action.DELETE, Action.SETTING, Action.CASE})
"""For these it matters whether the caller moderates; for others an adapter need not find out."""


async def press(desk: Desk, caller: Caller, pressed: CustomId, values: Sequence[str]) -> Shown | Said | Form:
    """Do what was pressed, with what was chosen from its menu; returns what is to be shown or said."""
    subject, knowledge = pressed.subject, desk.knowledge
    match pressed.action:
        case Action.GUIDE:
            return _guide(desk, path_of(values[0] if values else subject), pressed.page)
        case Action.CHECKLIST:
            return checklist_shown(desk.checklist(values[0] if values else subject), knowledge, pressed.page)
        case Action.DETAILS:
            return await _details(desk, caller, pressed)
        case Action.FIXED | Action.DID_NOT_HELP | Action.WRONG:
            return Shown(await verdict_card(desk, subject, caller, pressed.action), in_place=False)
        case Action.TRIED:
            return await give_tried(desk, subject, caller, values)
        case Action.ADD_FILES:
            return await _add_files(desk, caller, subject)
        case Action.CALL_MODERATOR:
            return await call_moderator(desk, subject, caller)
        case Action.DELETE:
            return await delete_case(desk, subject, caller)
        case Action.DIAGNOSE:
            return Form()
        case Action.CASE:
            return await case_of(desk, caller, values[0] if values else subject)
        case Action.SETTING:
            # a menu that is emptied sends no values, and a button says what it sets in its id
            return await _set(desk, caller, subject, values if pressed.extra == "menu" else [pressed.extra])


def _guide(desk: Desk, path: tuple[int, ...], at: int) -> Shown:
    try:
        page = desk.guide(path)
    except LookupError:
        # the guide was changed since this was posted: from its beginning, then
        page = desk.guide()
    return guide_shown(page, desk.knowledge, at)


async def _details(desk: Desk, caller: Caller, pressed: CustomId) -> Shown | Said:
    reply = await find_reply(desk, pressed.subject, caller)
    if reply is None:
        return Said(desk.knowledge.chat.sentences.no_such_case.format(case=pressed.subject))
    # turning a page changes what is shown; details of a case that was looked up are a message of their own
    return details_shown(reply, desk.knowledge, pressed.page, bool(pressed.extra))


async def _add_files(desk: Desk, caller: Caller, number: str) -> Said | Form:
    said = desk.knowledge.chat.sentences
    view = await find_case(desk, number, caller)
    if view is None:
        return Said(said.no_such_case.format(case=number))
    return Form(number) if view.mine else Said(said.not_yours)


async def _set(desk: Desk, caller: Caller, field: str, values: Sequence[str]) -> Shown | Said:
    said = desk.knowledge.chat.sentences
    if not caller.server or not caller.manager:
        return Said(said.moderators_only)
    try:
        now = await change_setting(desk, caller, field, values)
    except ValueError as error:
        _log.warning("a setting was refused", field=field, error=type(error).__name__)
        return Said(said.failed)
    return Shown(settings_card(now, desk.knowledge, said.saved))
