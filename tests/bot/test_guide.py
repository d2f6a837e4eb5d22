import pytest
from click.testing import CliRunner

from bot.cli import cli
from knowledge.model import Knowledge


def output(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments), env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_tree_begins_with_the_question_and_numbered_answers(knowledge: Knowledge) -> None:
    shown = output("guide")
    assert knowledge.flowchart.question in shown
    for number, answer in enumerate(knowledge.flowchart.answers, 1):
        assert f"{number}  {answer.answer}" in shown


def test_answers_given_beforehand_lead_to_the_fix_table(knowledge: Knowledge) -> None:
    shown = output("guide", "3", "1")
    rule = knowledge.rules["plastic-skin"]
    assert all(fix.solution in shown for fix in rule.fixes)
    assert rule.test is not None
    assert rule.test in shown
    assert knowledge.remark in shown


@pytest.mark.parametrize("answers", [["99"], ["3", "99"], ["0"]])
def test_an_answer_that_is_not_there_is_bad_usage(answers: list[str]) -> None:
    result = CliRunner().invoke(cli, ["guide", *answers])
    assert result.exit_code == 2
    assert "no answer" in result.output


def test_every_checklist_is_listed_and_can_be_shown(knowledge: Knowledge) -> None:
    listed = output("checklist")
    for name, checklist in knowledge.checklists.items():
        assert name in listed
        shown = output("checklist", name)
        assert checklist.title in shown
        assert all(item.check.replace("`", "") in shown for item in checklist.items)
