"""Cards as Discord draws them, for the tests."""

from bot.cases.lookup import CaseView
from bot.cases.model import Reply
from bot.cases.servers import ServerSettings
from bot.chat.cases import case_card, no_case_card
from bot.chat.settings_card import settings_card
from bot.chat.shown import checklist_shown, details_shown, guide_shown
from bot.discord import render
from bot.discord.render import Drawn
from diagnostics.guide import ChecklistView, Page
from knowledge.model import Knowledge


def details(reply: Reply, knowledge: Knowledge, page: int = 1) -> Drawn:
    return render.shown(details_shown(reply, knowledge, page), knowledge)


def guide(page: Page, knowledge: Knowledge, at: int = 1) -> Drawn:
    return render.shown(guide_shown(page, knowledge, at), knowledge)


def checklist(view: ChecklistView | None, knowledge: Knowledge) -> Drawn:
    return render.shown(checklist_shown(view, knowledge), knowledge)


def case_view(view: CaseView | None, case: str, knowledge: Knowledge) -> Drawn:
    return render.draw(case_card(view, knowledge) if view else no_case_card(case, knowledge), knowledge)


def settings(set_here: ServerSettings, knowledge: Knowledge, note: str = "") -> Drawn:
    return render.draw(settings_card(set_here, knowledge, note), knowledge)
