"""What the pages and the API do alike."""

from __future__ import annotations

from bot.cases.lookup import CaseView
from bot.cases.model import Verdict
from bot.desk import Desk
from bot.web.account import PLATFORM
from bot.web.visitors import Visitor
from knowledge.model import Knowledge

VERDICTS = {each.value: each for each in Verdict}


async def case_of(desk: Desk, case: str, visitor: Visitor) -> CaseView | None:
    """Return a case, and whether it is the visitor's own."""
    return await desk.lookup.case(case, PLATFORM, "" if visitor.new else visitor.id)


def waiting_words(ahead: int | None, knowledge: Knowledge) -> str:
    """Return how a case is getting on; `ahead` is how many go before it."""
    reading, one, several = knowledge.web.waiting
    return (several if ahead > 1 else one).format(ahead=ahead) if ahead else reading
