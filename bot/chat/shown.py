"""What is shown in answer to a command or a press, before any chat has drawn it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases.model import Reply
from bot.chat.actions import Action
from bot.chat.blocks import Card
from bot.chat.details import details_card
from bot.chat.guide import checklist_card, checklists_card, guide_card, path_text
from diagnostics.guide import ChecklistView, Page
from knowledge.model import Knowledge


@dataclass(frozen=True, slots=True)
class Paging:
    """Which buttons turn the pages of a card of any length; `page` is 1-based."""

    action: Action
    subject: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A card for the caller alone; `in_place` of what they see alone already, else below it."""

    card: Card
    paging: Paging | None = None
    in_place: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """The form for files and symptoms; with a case, what is filled in is added to it."""

    case: str = ""


def guide_shown(page: Page, knowledge: Knowledge, at: int = 1) -> Shown:
    """Return a place of the guided tree."""
    return Shown(guide_card(page, knowledge), Paging(Action.GUIDE, path_text(page.path), at))


def checklist_shown(view: ChecklistView | None, knowledge: Knowledge, at: int = 1) -> Shown:
    """Return a checklist, or the list of all where there is none of that name."""
    card = checklist_card(view) if view else checklists_card(knowledge)
    return Shown(card, Paging(Action.CHECKLIST, view.id if view else "", at))


def details_shown(reply: Reply, knowledge: Knowledge, at: int = 1, in_place: bool = True) -> Shown:
    """Return everything that is known of a case."""
    return Shown(details_card(reply, knowledge), Paging(Action.DETAILS, reply.case.id, at), in_place)
