"""What a press or a command does, the same on every chat: an adapter brings who it was, and shows what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cases.lookup import CaseView
from bot.cases.model import Outcome, Reply, Verdict
from bot.cases.servers import ServerSettings
from bot.chat.actions import Action
from bot.chat.blocks import Card
from bot.chat.receipts import verdict_text
from bot.chat.tried import first_fixes, tried_card
from bot.desk import Desk

VERDICTS = {
    Action.FIXED: Verdict.FIXED,
    Action.DID_NOT_HELP: Verdict.DID_NOT_HELP,
    Action.WRONG: Verdict.WRONG,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who pressed or called, and where. `moderator` is whether they may moderate that server, `manager` whether they
    may change its settings."""

    platform: str
    server: str
    person: str
    moderator: bool = False
    manager: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the caller alone or, with a `role` to call, for everybody."""

    text: str
    role: str = ""


async def give_verdict(desk: Desk, case: str, caller: Caller, action: Action) -> Said:
    """Note what a person says of an answer."""
    verdict = VERDICTS[action]
    if not await desk.feedback.record(case, caller.platform, caller.person, verdict):
        return _no_case(desk, case)
    return Said(verdict_text(verdict, desk.knowledge))


async def verdict_card(desk: Desk, case: str, caller: Caller, action: Action) -> Card:
    """Note what a person says of an answer, and ask which of its fixes that is about."""
    said = await give_verdict(desk, case, caller, action)
    view = await find_case(desk, case, caller)
    rows = first_fixes(view.report) if view is not None and action is not Action.WRONG else ()
    return tried_card(said.text, case, rows, VERDICTS[action], desk.knowledge)


async def give_tried(desk: Desk, case: str, caller: Caller, fixes: Sequence[str]) -> Said:
    """Note which fixes the verdict of a person is about."""
    words = desk.knowledge.chat.recurrence
    noted = await desk.feedback.tried(case, caller.platform, caller.person, fixes)
    return Said(words.noted if noted else words.not_noted)


async def delete_case(desk: Desk, case: str, caller: Caller) -> Said:
    """Delete a case for its asker or a moderator of its server."""
    said = desk.knowledge.chat.sentences
    view = await find_case(desk, case, caller)
    if view is None:
        return _no_case(desk, case)
    if not may_delete(view, caller):
        return Said(said.not_yours)
    await desk.delete(view.ref.id, caller.platform, caller.person, moderator=caller.moderator)
    return Said(said.deleted.format(case=case))


async def call_moderator(desk: Desk, case: str, caller: Caller) -> Said:
    """Call the role that is set for the server, once a case."""
    said = desk.knowledge.chat.sentences
    if await find_case(desk, case, caller) is None:
        return _no_case(desk, case)
    role = (await desk.servers.get(caller.platform, caller.server)).role if caller.server else ""
    if not role:
        return Said(said.nobody_to_call)
    if not await desk.feedback.call(case, caller.platform):
        return Said(said.called_already.format(case=case))
    return Said(said.called.format(case=case), role)


async def find_case(desk: Desk, case: str, caller: Caller) -> CaseView | None:
    """Return a case of the caller, or of the server where they are; those of other servers do not exist for them."""
    view = await desk.lookup.case(case, caller.platform, caller.person)
    if view is None or view.ref.place.platform != caller.platform:
        return None
    here = bool(caller.server) and view.ref.place.server == caller.server
    return view if view.mine or here else None


async def find_reply(desk: Desk, case: str, caller: Caller) -> Reply | None:
    """Return what was answered on a case, for its details; None where there is nothing, or nothing yet."""
    view = await find_case(desk, case, caller)
    if view is None or view.outcome is None:
        return None
    notice = view.notice if view.evidence else desk.knowledge.chat.expired
    return Reply(view.ref, 0, Outcome(view.outcome), view.report, notice, view.redactions, None, view.standing)


def may_delete(view: CaseView, caller: Caller) -> bool:
    """Tell whether the caller may delete a case."""
    return view.mine or (caller.moderator and bool(caller.server) and view.ref.place.server == caller.server)


async def change_setting(desk: Desk, caller: Caller, field: str, values: Sequence[str]) -> ServerSettings:
    """Change one setting of a server to what was chosen; nothing chosen empties it.

    Raises ValueError for a setting or a value that does not exist.
    """
    before = await desk.servers.get(caller.platform, caller.server)
    after = _changed(before, field, tuple(values))
    await desk.servers.put(caller.platform, caller.server, after)
    return after


def _changed(settings: ServerSettings, field: str, values: tuple[str, ...]) -> ServerSettings:
    first = values[0] if values else ""
    match field:
        case "channels":
            return replace(settings, channels=values)
        case "answer_in" if first in ("thread", "reply"):
            return replace(settings, answer_in="thread" if first == "thread" else "reply")
        case "role":
            return replace(settings, role=first)
        case "digest_channel":
            return replace(settings, digest_channel=first)
        case "digest_hour" if first.isdecimal():
            return replace(settings, digest_hour=int(first))
        case "time_zone":
            return replace(settings, time_zone=first)
        case "quiet" if first in ("on", "off"):
            return replace(settings, quiet=first == "on")
    raise ValueError(f"{field} cannot be set to {first!r}")


def _no_case(desk: Desk, case: str) -> Said:
    return Said(desk.knowledge.chat.sentences.no_such_case.format(case=case[:20]))
