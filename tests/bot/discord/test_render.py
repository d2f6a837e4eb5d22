import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.cases.lookup import CaseView, FileView
from bot.cases.model import Receipt, State, Status, Verdict
from bot.cases.servers import ServerSettings
from bot.chat import ids
from bot.chat.actions import Action
from bot.chat.stored import is_long
from bot.discord import render
from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from diagnostics.guide import checklist_view, page, walk
from diagnostics.report import Report
from knowledge.load import load_knowledge
from knowledge.model import Knowledge
from tests.bot.chat.reports import CASE, REPORTS, TEXT, reply
from tests.bot.discord import drawing
from tests.bot.discord.payload import assert_accepted, components, texts
from tests.conftest import ROOT

# a failing report is big: to make it smaller takes minutes, and its beginning tells enough
SLOW = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate), deadline=None, max_examples=40)
GOLDEN = Path(__file__).parent / "golden"
BUNDLES = ("examples/out-of-memory", "examples/plastic-skin", "tests/bundles/kohya-nan", "tests/bundles/healthy")


@lru_cache(maxsize=1)
def known() -> Knowledge:
    """No fixture: hypothesis would print all of it with a failure."""
    return load_knowledge()


@SLOW
@given(REPORTS, st.none() | TEXT, st.dictionaries(st.sampled_from(["hf-token", "user", "odd"]), st.integers(1, 10**6)))
def test_discord_accepts_any_answer(report: Report, notice: str | None, redactions: dict[str, int]) -> None:
    assert_accepted(render.drawn(reply(report, notice, redactions), known()))


@settings(SLOW, max_examples=15)
@given(REPORTS)
def test_discord_accepts_any_page_of_details_and_nothing_is_missing(report: Report) -> None:
    knowledge, given_reply = known(), reply(report)
    first = drawing.details(given_reply, knowledge)
    assert_accepted(first)
    if given_reply.report and is_long(given_reply.report):
        assert json.loads(first.files[0].fp.read()) == given_reply.report
        return
    pages = _pages(first)
    shown = "".join(texts(first))
    for number in range(2, pages + 1):
        drawn = drawing.details(given_reply, knowledge, number)
        assert_accepted(drawn)
        shown += "".join(texts(drawn))
    for finding in report.findings:
        for evidence in finding.evidence:
            assert shown.count("x") >= evidence.text.count("x")
            assert shown.count("word") >= evidence.text.count("word")


def test_a_page_that_is_not_there_gives_the_nearest(knowledge: Knowledge, out_of_memory: Report) -> None:
    far = drawing.details(reply(out_of_memory), knowledge, 99)
    assert texts(far) == texts(drawing.details(reply(out_of_memory), knowledge, _pages(far)))


def test_without_a_report_the_notice_is_said(knowledge: Knowledge) -> None:
    drawn = render.drawn(reply(None, "The link ran out; *attach* the files again."), knowledge)
    assert_accepted(drawn)
    assert "The link ran out; \\*attach\\* the files again." in texts(drawn)[0]
    assert "details" not in _actions(drawn)


def test_a_report_of_an_earlier_version_is_no_error(knowledge: Knowledge) -> None:
    old = replace(reply(None), report={"schema": 0})
    assert knowledge.chat.old_report[:40] in texts(render.drawn(old, knowledge))[0]
    assert_accepted(drawing.details(old, knowledge))


def test_every_button_says_its_case(knowledge: Knowledge, out_of_memory: Report) -> None:
    drawn = render.drawn(reply(out_of_memory), knowledge)
    assert _actions(drawn) == [
        "details",
        "fixed",
        "did-not-help",
        "wrong",
        "add-files",
        "call-moderator",
        "delete",
    ]
    found = [ids.read(each["custom_id"]) for each in components(drawn) if "custom_id" in each]
    assert all(each and each.subject == CASE.id for each in found)


def test_the_library_keeps_no_listener_for_a_reply(knowledge: Knowledge, out_of_memory: Report) -> None:
    import asyncio

    async def listens() -> bool:
        return not render.drawn(reply(out_of_memory), knowledge).view.is_finished()

    # a view that waits is kept in memory for ever: the ids alone answer a press
    assert not asyncio.run(listens())


def test_the_corrected_config_is_attached_whole(knowledge: Knowledge, out_of_memory: Report) -> None:
    drawn = render.drawn(reply(out_of_memory, plot=None), knowledge)
    assert [(file.filename, file.fp.read().decode()) for file in drawn.files] == [
        ("corrected-config.diff", out_of_memory.config_patch)
    ]


def test_a_file_that_discord_would_refuse_is_left_out(knowledge: Knowledge, plastic_skin: Report) -> None:
    drawn = render.drawn(reply(plastic_skin, plot=b"x" * 2000), knowledge, file_limit=1000)
    assert drawn.files == ()
    assert_accepted(drawn)


def test_a_report_larger_than_discord_takes_is_still_shown(knowledge: Knowledge, out_of_memory: Report) -> None:
    huge = replace(out_of_memory, remark="x" * (11 << 20))
    drawn = drawing.details(reply(huge), knowledge)
    assert drawn.files == ()
    assert_accepted(drawn)


def test_discord_accepts_every_page_of_the_guide(knowledge: Knowledge) -> None:
    for place in walk(knowledge):
        drawn = drawing.guide(place, knowledge)
        assert_accepted(drawn)
        for number in range(2, _pages(drawn) + 1):
            assert_accepted(drawing.guide(place, knowledge, number))
        for at, answer in enumerate(place.answers):
            assert ids.path_of(_values(drawn)[at]) == (*place.path, at), answer


def test_the_way_back_in_the_guide(knowledge: Knowledge) -> None:
    drawn = drawing.guide(page(knowledge, (1, 0)), knowledge)
    found = [ids.read(each["custom_id"]) for each in components(drawn) if "custom_id" in each]
    back, top, diagnose = [each for each in found if each]
    assert (back.action, back.path) == (Action.GUIDE, (1,))
    assert (top.action, top.path) == (Action.GUIDE, ())
    assert diagnose.action is Action.DIAGNOSE


def test_discord_accepts_every_checklist(knowledge: Knowledge) -> None:
    assert_accepted(drawing.checklist(None, knowledge))
    assert _values(drawing.checklist(None, knowledge)) == list(knowledge.checklists)
    for checklist in knowledge.checklists.values():
        assert_accepted(drawing.checklist(checklist_view(checklist), knowledge))


@SLOW
@given(REPORTS | st.none(), TEXT, st.booleans())
def test_discord_accepts_any_kept_case(report: Report | None, name: str, mine: bool) -> None:
    view = CaseView(
        CASE,
        State.ANSWERED,
        "diagnosed",
        report.to_dict() if report else None,
        name,
        {"user": 2},
        1.5,
        None,
        (FileView(name, 5_000_000, None, None),) * 25,
        {Verdict.FIXED: 2},
        mine,
    )
    drawn = drawing.case_view(view, CASE.id, known())
    assert_accepted(drawn)
    assert ("delete" in _actions(drawn)) == mine


def test_a_case_that_is_not_there(knowledge: Knowledge) -> None:
    assert texts(drawing.case_view(None, "@everyone", knowledge))[0].startswith("There is no case @\u200beveryone.")


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("ahead", [0, 1, 7])
def test_every_receipt_is_a_sentence(knowledge: Knowledge, status: Status, ahead: int) -> None:
    drawn = render.receipt(Receipt(status, "7KQ4MD", ahead, 3.2), knowledge)
    assert_accepted(drawn)
    assert "{" not in texts(drawn)[0]


def test_the_queue_is_told(knowledge: Knowledge) -> None:
    assert "2 cases are before yours" in texts(render.receipt(Receipt(Status.OPENED, "A", 2), knowledge))[0]
    assert "1 case is before yours" in texts(render.receipt(Receipt(Status.OPENED, "A", 1), knowledge))[0]
    assert "in 4 s" in texts(render.receipt(Receipt(Status.COOLING, wait=3.2), knowledge))[0]


def test_settings_show_what_is_set(knowledge: Knowledge) -> None:
    channels = tuple(str(number) for number in range(1, 40))
    kept = ServerSettings(channels, "reply", "77", 18, "Asia/Tehran", True, "88")
    drawn = drawing.settings(kept, knowledge, "Saved.")
    assert_accepted(drawn)
    menus = {ids.read(each["custom_id"]).subject: each for each in components(drawn) if each["type"] in (3, 6, 8)}  # type: ignore[union-attr]
    assert set(menus) == {"channels", "answer_in", "role", "digest_channel", "digest_hour", "time_zone"}
    assert len(menus["channels"]["default_values"]) == 25
    assert menus["role"]["default_values"] == [{"type": "role", "id": 88}]
    assert [each["value"] for each in menus["time_zone"]["options"] if each["default"]] == ["Asia/Tehran"]
    assert [each["value"] for each in menus["digest_hour"]["options"] if each["default"]] == ["18"]
    quiet = [ids.read(each["custom_id"]) for each in components(drawn) if each["type"] == 2]
    assert [(each.subject, each.extra) for each in quiet if each] == [("quiet", "off")]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_answer_is_the_reviewed_one(
    bundle: str, diagnostician: Diagnostician, request: pytest.FixtureRequest
) -> None:
    folder = ROOT / bundle
    said = folder.with_suffix(".txt")
    message = said.read_text(encoding="utf-8") if said.exists() else ""
    report = diagnostician.diagnose(collect([str(folder)], message))
    drawn = render.drawn(reply(report, None, {"hf-token": 1}), diagnostician.knowledge)
    golden = GOLDEN / f"{folder.name}.md"
    shown = _compact(drawn)
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def out_of_memory(diagnostician: Diagnostician) -> Report:
    return _report("out-of-memory", diagnostician)


@pytest.fixture(scope="module")
def plastic_skin(diagnostician: Diagnostician) -> Report:
    return _report("plastic-skin", diagnostician)


def _report(example: str, diagnostician: Diagnostician) -> Report:
    folder = ROOT / "examples" / example
    return diagnostician.diagnose(collect([str(folder)], folder.with_suffix(".txt").read_text(encoding="utf-8")))


def _pages(drawn: render.Drawn) -> int:
    labels = [each["label"] for each in components(drawn) if each["type"] == 2 and "Page" in each["label"]]
    return int(labels[0].rpartition(" ")[2]) if labels else 1


def _actions(drawn: render.Drawn) -> list[str]:
    found = [ids.read(each["custom_id"]) for each in components(drawn) if each["type"] == 2]
    return [each.action.value for each in found if each]


def _values(drawn: render.Drawn) -> list[str]:
    return [option["value"] for each in components(drawn) if each["type"] == 3 for option in each["options"]]


def _compact(drawn: render.Drawn) -> str:
    """A message on one screen, as a reviewer reads it."""
    names = {12: "[picture]", 13: "[file]", 14: "---", 1: ""}
    lines: list[str] = []
    for each in components(drawn):
        if each["type"] == 10:
            lines.append(each["content"])
        elif each["type"] == 2:
            lines.append(f"[{(each.get('emoji') or {}).get('name', '')} {each['label']}] {each['custom_id']}")
        elif each["type"] == 17:
            lines.append(json.dumps({"accent_color": each["accent_color"]}))
        else:
            lines.append(names[each["type"]])
    return "\n".join(lines) + "\n"
