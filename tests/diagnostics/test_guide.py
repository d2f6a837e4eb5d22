import pytest

from diagnostics.guide import checklist_view, page, rule_view, walk
from knowledge.model import About, Fix, Kind, Knowledge, Priority, Rule, Severity


def test_the_root_asks_and_shows_nothing_yet(knowledge: Knowledge) -> None:
    root = page(knowledge)
    assert root.question == knowledge.flowchart.question
    assert root.answers
    assert not any((root.trail, root.rules, root.checklists))


def test_a_path_leads_to_what_its_answers_say(knowledge: Knowledge) -> None:
    done = page(knowledge).answers.index("Training completes but:")
    skin = page(knowledge, (done,)).answers.index("Plastic/fake skin")
    end = page(knowledge, (done, skin))
    assert end.trail == ("Training completes but:", "Plastic/fake skin")
    assert end.question is None
    assert end.answers == ()
    assert [view.id for view in end.rules] == ["plastic-skin"]


@pytest.mark.parametrize("path", [(99,), (-1,), (0, 99), (0, 0, 0, 0, 0, 0)])
def test_an_answer_that_is_not_there_is_refused(knowledge: Knowledge, path: tuple[int, ...]) -> None:
    with pytest.raises(LookupError, match="no answer"):
        page(knowledge, path)


def test_every_place_is_walked_once_and_every_end_shows_something(knowledge: Knowledge) -> None:
    places = list(walk(knowledge))
    assert len({place.path for place in places}) == len(places)
    assert all(page(knowledge, place.path) == place for place in places)
    assert all(place.rules or place.checklists for place in places if place.question is None)


def test_every_rule_and_checklist_can_be_reached(knowledge: Knowledge) -> None:
    places = list(walk(knowledge))
    assert {view.id for place in places for view in place.rules} == set(knowledge.rules)
    assert {view.id for place in places for view in place.checklists} == set(knowledge.checklists)


def test_a_rule_names_dataset_rows_before_parameter_rows_of_the_same_priority(knowledge: Knowledge) -> None:
    fixes = (
        Fix(solution="Lower the rate", priority=Priority.HIGH),
        Fix(solution="Name the trigger", priority=Priority.HIGH, about=About.CAPTIONS),
    )
    rule = Rule(id="x", title="X", kind=Kind.QUALITY, severity=Severity.INFO, summary="X.", fixes=fixes)
    assert [row[1] for row in rule_view(rule, knowledge).fixes.rows] == ["Name the trigger", "Lower the rate"]


def test_a_summary_shows_no_empty_placeholder(knowledge: Knowledge) -> None:
    for rule in knowledge.rules.values():
        assert "{" not in (rule_view(rule, knowledge).summary or "")


def test_plain_lines_hold_the_whole_rule(knowledge: Knowledge) -> None:
    lines = list(rule_view(knowledge.rules["loss-plateau"], knowledge).lines())
    assert "- Plateau Early | Loss stuck at 0.10 after 500 steps | Underfit" in lines
    assert "- Increase LR to 0.0003 OR add 2 epochs" in lines
    assert "- Steps 0-500: Loss 0.15 → 0.08 (rapid decrease)" in lines


def test_plain_lines_hold_the_whole_checklist(knowledge: Knowledge) -> None:
    lines = list(checklist_view(knowledge.checklists["training-failed"]).lines())
    assert lines[1:3] == ["Verify dataset integrity:", "- All 100 images present"]
    table = list(checklist_view(knowledge.checklists["config"]).lines())
    assert "- Network rank | `16` (Qwen)" in table
