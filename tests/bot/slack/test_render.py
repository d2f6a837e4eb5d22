from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.cases.lookup import CaseView, FileView
from bot.cases.model import Receipt, Reply, State, Status, Verdict
from bot.cases.servers import ServerSettings
from bot.chat import ids
from bot.chat.actions import Action, Option
from bot.chat.answer import answer
from bot.chat.cases import case_card
from bot.chat.details import details_card
from bot.chat.guide import checklist_card, checklists_card, guide_card, path_text
from bot.chat.receipts import receipt_card
from bot.chat.settings_card import settings_card
from bot.chat.stored import is_long
from bot.inputs import collect
from bot.slack import render
from bot.slack.layout import Surface
from bot.slack.richtext import Json
from diagnostics.diagnose import Diagnostician
from diagnostics.guide import checklist_view, walk
from diagnostics.report import Report
from knowledge.load import load_knowledge
from knowledge.model import Knowledge
from tests.bot.chat.reports import CASE, HOSTILE, REPORTS, TEXT, reply
from tests.bot.slack.payload import assert_accepted, elements, shown, texts
from tests.conftest import ROOT

# a failing report is big: to make it smaller takes minutes, and its beginning tells enough
SLOW = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate), deadline=None, max_examples=40)
GOLDEN = Path(__file__).parent / "golden"
BUNDLES = ("examples/out-of-memory", "examples/plastic-skin", "tests/bundles/kohya-nan", "tests/bundles/healthy")
UPLOADED = {"loss-curve.png": "F012345678"}


@lru_cache(maxsize=1)
def known() -> Knowledge:
    """No fixture: hypothesis would print all of it with a failure."""
    return load_knowledge()


@SLOW
@given(REPORTS, st.none() | TEXT, st.dictionaries(st.sampled_from(["hf-token", "user", "odd"]), st.integers(1, 10**6)))
def test_slack_accepts_any_answer(report: Report, notice: str | None, redactions: dict[str, int]) -> None:
    drawn = render.draw(answer(reply(report, notice, redactions), known()), known())
    assert_accepted(drawn.with_pictures(UPLOADED))
    assert_harmless(drawn.text)


@SLOW
@given(REPORTS)
def test_slack_accepts_any_page_of_details_and_nothing_is_missing(report: Report) -> None:
    given_reply = reply(report)
    card = details_card(given_reply, known())
    said, at = "", 1
    while True:
        drawn = _details(given_reply, at)
        assert_accepted(drawn.blocks, 100)
        said += shown(drawn.blocks)
        if not any(ids.read(each["action_id"]) == _next(at) for each in elements(drawn.blocks)):
            break
        at += 1
    if given_reply.report and is_long(given_reply.report):
        assert [file.name for file in _details(given_reply, 1).files] == [f"report-{CASE.id}.json"]
        return
    assert card.blocks
    for finding in report.findings:
        for evidence in finding.evidence:
            assert said.count("x") >= evidence.text.count("x")
            assert said.count("word") >= evidence.text.count("word")


@SLOW
@given(st.sampled_from(HOSTILE) | TEXT)
def test_what_a_person_wrote_is_never_read_as_markup(text: str) -> None:
    report = _with_title(text)
    drawn = render.draw(answer(reply(report), known()), known())
    assert all(each.get("emoji", False) is False for each in texts(drawn.blocks))
    assert "mrkdwn" not in str([block.get("type") for block in drawn.blocks])
    assert_harmless(drawn.text)


@pytest.mark.parametrize("text", ["<!channel>", "<!here|x>", "<@U1>", "<#C1>", "<https://evil.example|bank>", "&lt;x"])
def test_commands_of_slack_in_the_fallback_are_words(text: str) -> None:
    drawn = render.draw(answer(reply(_with_title(f"{text} now")), known()), known())
    assert_harmless(drawn.text)


def assert_harmless(fallback: str) -> None:
    assert 1 <= len(fallback) <= 1500
    assert not {"<", ">"} & set(fallback)
    assert fallback.count("&") == sum(fallback.count(each) for each in ("&amp;", "&lt;", "&gt;"))


def test_the_fix_table_is_a_table(knowledge: Knowledge, out_of_memory: Report) -> None:
    drawn = render.draw(answer(reply(out_of_memory), knowledge), knowledge)
    (table,) = (block for block in drawn.blocks if block["type"] == "table")
    assert shown(table["rows"][0]) == " What to doWhy"
    assert len(table["rows"]) == 5


def test_a_curve_that_was_not_uploaded_is_left_out(knowledge: Knowledge, plastic_skin: Report) -> None:
    drawn = render.draw(answer(reply(plastic_skin), knowledge), knowledge)
    assert [each["slack_file"]["id"] for each in drawn.with_pictures(UPLOADED) if each["type"] == "image"] == [
        "F012345678"
    ]
    assert [picture.name for picture in drawn.pictures] == ["loss-curve.png"]
    assert_accepted(drawn.with_pictures({}))


def test_the_corrected_config_is_to_be_uploaded_whole(knowledge: Knowledge, out_of_memory: Report) -> None:
    drawn = render.draw(answer(reply(out_of_memory), knowledge), knowledge)
    assert [(file.name, file.data.decode()) for file in drawn.files] == [
        ("corrected-config.diff", out_of_memory.config_patch)
    ]


def test_every_button_says_its_case(knowledge: Knowledge, out_of_memory: Report) -> None:
    drawn = render.draw(answer(reply(out_of_memory), knowledge), knowledge)
    found = [ids.read(each["action_id"]) for each in elements(drawn.blocks)]
    assert [(each.action.value, each.subject) for each in found if each] == [
        ("details", CASE.id),
        ("fixed", CASE.id),
        ("did-not-help", CASE.id),
        ("wrong", CASE.id),
        ("add-files", CASE.id),
        ("call-moderator", CASE.id),
        ("delete", CASE.id),
    ]


def test_without_a_report_the_notice_is_said(knowledge: Knowledge) -> None:
    drawn = render.draw(answer(reply(None, "The link ran out; *attach* the files again."), knowledge), knowledge)
    assert_accepted(drawn.blocks)
    assert "The link ran out; *attach* the files again." in shown(drawn.blocks)


@pytest.mark.parametrize("surface", Surface)
def test_slack_accepts_every_page_of_the_guide(knowledge: Knowledge, surface: Surface) -> None:
    for place in walk(knowledge):
        drawn = render.draw_page(
            guide_card(place, knowledge), knowledge, 1, Action.GUIDE, path_text(place.path), surface
        )
        assert_accepted(drawn.blocks, surface.value)
        values = [option["value"] for each in elements(drawn.blocks) for option in each.get("options", ())]
        assert [ids.path_of(value) for value in values] == [(*place.path, at) for at in range(len(place.answers))]


def test_slack_accepts_every_checklist(knowledge: Knowledge) -> None:
    assert_accepted(render.draw(checklists_card(knowledge), knowledge).blocks)
    for checklist in knowledge.checklists.values():
        card = checklist_card(checklist_view(checklist))
        assert_accepted(render.draw_page(card, knowledge, 1, Action.CHECKLIST, checklist.id).blocks)


@SLOW
@given(REPORTS | st.none(), TEXT, st.booleans())
def test_slack_accepts_any_kept_case(report: Report | None, name: str, mine: bool) -> None:
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
    assert_accepted(render.draw(case_card(view, known()), known()).blocks)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("ahead", [0, 1, 7])
def test_every_receipt_is_a_sentence(knowledge: Knowledge, status: Status, ahead: int) -> None:
    drawn = render.draw(receipt_card(Receipt(status, "7KQ4MD", ahead, 3.2), knowledge), knowledge)
    assert_accepted(drawn.blocks)
    assert "{" not in drawn.text


@pytest.mark.parametrize("roles", [(), tuple(Option(f"@group{n}", f"S{n:04}") for n in range(150))])
def test_settings_show_what_is_set(knowledge: Knowledge, roles: tuple[Option, ...]) -> None:
    channels = tuple(f"C{number}" for number in range(1, 40))
    kept = ServerSettings(channels, "reply", "C77", 18, "Asia/Tehran", True, "S0088")
    drawn = render.draw(settings_card(kept, knowledge, "Saved."), knowledge, Surface.VIEW, roles)
    assert_accepted(drawn.blocks, 100)
    menus = {ids.read(each["action_id"]).subject: each for each in elements(drawn.blocks)}  # type: ignore[union-attr]
    assert set(menus) == {"channels", "answer_in", "role", "digest_channel", "digest_hour", "time_zone", "quiet"}
    assert len(menus["channels"]["initial_conversations"]) == 25
    assert menus["digest_channel"]["initial_conversations"] == ["C77"]
    assert menus["digest_hour"]["initial_option"]["value"] == "18"
    assert menus["time_zone"]["initial_option"]["value"] == "Asia/Tehran"
    if roles:
        assert [each["value"] for each in menus["role"]["initial_options"]] == ["S0088"]
    else:
        assert menus["role"]["type"] == "multi_users_select"


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_answer_is_the_reviewed_one(
    bundle: str, diagnostician: Diagnostician, request: pytest.FixtureRequest
) -> None:
    folder = ROOT / bundle
    drawn = render.draw(
        answer(reply(_diagnosed(folder, diagnostician), None, {"hf-token": 1}), known()), diagnostician.knowledge
    )
    golden = GOLDEN / f"{folder.name}.txt"
    compact = "\n".join(_compact(block) for block in drawn.blocks) + "\n"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(compact, encoding="utf-8")
    assert compact == golden.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def out_of_memory(diagnostician: Diagnostician) -> Report:
    return _diagnosed(ROOT / "examples" / "out-of-memory", diagnostician)


@pytest.fixture(scope="module")
def plastic_skin(diagnostician: Diagnostician) -> Report:
    return _diagnosed(ROOT / "examples" / "plastic-skin", diagnostician)


def _diagnosed(folder: Path, diagnostician: Diagnostician) -> Report:
    said = folder.with_suffix(".txt")
    return diagnostician.diagnose(collect([str(folder)], said.read_text(encoding="utf-8") if said.exists() else ""))


@lru_cache(maxsize=1)
def _example() -> Report:
    return _diagnosed(ROOT / "examples" / "out-of-memory", Diagnostician(known()))


def _with_title(title: str) -> Report:
    report = _example()
    return replace(report, findings=(replace(report.findings[0], title=title), *report.findings[1:]))


def _details(given_reply: Reply, page: int) -> render.Drawn:
    card = details_card(given_reply, known())
    return render.draw_page(card, known(), page, Action.DETAILS, CASE.id, Surface.VIEW)


def _next(at: int) -> ids.CustomId:
    return ids.CustomId(Action.DETAILS, CASE.id, str(at + 1))


def _compact(block: Json) -> str:
    """A block as a reviewer reads it."""
    match block["type"]:
        case "table":
            return "\n".join(" | ".join(shown([cell]) for cell in row) for row in block["rows"])
        case "actions":
            return " ".join(f"[{each['text']['text']}] {each['action_id']}" for each in block["elements"])
        case "image":
            return f"[picture] {block['alt_text']}"
        case "divider":
            return "---"
        case kind:
            return f"({kind}) {shown([block])}"
