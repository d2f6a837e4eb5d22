from dataclasses import replace
from pathlib import Path

import pytest

from bot.cases.model import CaseRef, Earlier, Outcome, Place, Reply, Standing, Verdict
from bot.chat.answer import answer
from bot.chat.blocks import Row, Text
from bot.chat.details import details_card
from bot.chat.recurring import ordinal
from bot.chat.text import words
from bot.chat.tried import first_fixes, tried_card
from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from diagnostics.ranking import Tried, fix_key
from diagnostics.report import Report
from tests.conftest import ROOT

CASE = CaseRef("7KQ4MD", Place("discord", "1", "2"), "3")


@pytest.fixture(scope="module")
def report(diagnostician: Diagnostician) -> Report:
    return diagnostician.diagnose(collect((str(Path(ROOT) / "examples" / "out-of-memory"),), ""))


def reply(report: Report, standing: Standing | None = None, earlier: Earlier | None = None) -> Reply:
    return Reply(CASE, 1, Outcome.DIAGNOSED, report.to_dict(), None, standing=standing, earlier=earlier)


def sentences(given: Reply, diagnostician: Diagnostician) -> list[str]:
    blocks = answer(given, diagnostician.knowledge).blocks
    return [words(block.line) for block in blocks if isinstance(block, Text)]


def test_the_reply_says_how_often_and_what_helped(report: Report, diagnostician: Diagnostician) -> None:
    solution = report.findings[0].fixes[0].solution
    standing = Standing(14, 12, {fix_key(solution): Tried(11, 9)})
    text = f"This is the 14th case of this here this month; 9 of 11 who tried “{solution}” say it fixed it."
    assert text in sentences(reply(report, standing), diagnostician)
    rows = [
        block for block in answer(reply(report, standing), diagnostician.knowledge).blocks if isinstance(block, Row)
    ]
    assert words(rows[0].below).startswith("9 of 11 who tried this say it fixed it")
    below = [
        words(block.below)
        for block in details_card(reply(report, standing), diagnostician.knowledge).blocks
        if isinstance(block, Row)
    ]
    assert any("9 of 11" in each for each in below)


def test_a_first_case_and_a_case_among_two_say_nothing_of_others(report: Report, diagnostician: Diagnostician) -> None:
    solution = report.findings[0].fixes[0].solution
    for standing in (None, Standing(1, 1, {}), Standing(1, 1, {fix_key(solution): Tried(2, 2)})):
        said = sentences(reply(report, standing), diagnostician)
        assert not any("this month" in each or "who tried" in each for each in said)
    direct = replace(reply(report, Standing(9, 9, {})), case=CaseRef("X", Place("discord", "", "2"), "3"))
    assert not any("this month" in each for each in sentences(direct, diagnostician))


def test_a_repeat_visitor_sees_what_changed(report: Report, diagnostician: Diagnostician) -> None:
    facts = {**report.facts, "batch_size": 8, "rank": 999}
    before = replace(report, facts=facts, findings=())
    said = sentences(reply(report, earlier=Earlier("OLDONE", 0.0, before.to_dict())), diagnostician)
    (since,) = [each for each in said if each.startswith("Since your case OLDONE:")]
    assert "rank 999 → " in since
    assert f"new: {report.findings[0].title}" in since
    same = sentences(reply(report, earlier=Earlier("OLDONE", 0.0, report.to_dict())), diagnostician)
    assert any("still there: " in each for each in same)


def test_the_fixes_of_the_answer_can_be_chosen(report: Report, diagnostician: Diagnostician) -> None:
    rows = first_fixes(report.to_dict())
    card = tried_card("Thanks", "7KQ4MD", rows, Verdict.FIXED, diagnostician.knowledge)
    (menu,) = card.menus
    assert [option.value for option in menu.options] == list(dict.fromkeys(fix_key(row.solution) for row in rows))
    assert menu.most == 1
    assert tried_card("Thanks", "7KQ4MD", rows, Verdict.DID_NOT_HELP, diagnostician.knowledge).menus[0].most > 1
    assert tried_card("Thanks", "7KQ4MD", (), Verdict.FIXED, diagnostician.knowledge).menus == ()


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
