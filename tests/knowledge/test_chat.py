from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from bot.cases.marks import Subject
from bot.cases.model import State, Verdict
from bot.chat.actions import Action
from bot.chat.blocks import SIGNS, Mark
from diagnostics.trend import Trend
from knowledge.check import check_knowledge
from knowledge.expressions import known_names
from knowledge.load import HOME
from knowledge.model import Knowledge, Severity
from knowledge.redaction import load_redaction


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Case {case}", "Case {number}", "placeholders"),
        ("first: Do this first", "frst: Do this first", "frst"),
        ("saved: Saved.", "saved: Saved {now}.", "placeholders"),
    ],
)
def test_a_mistake_in_the_words_of_the_chats_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    folder = tmp_path / "knowledge"
    copytree(HOME, folder, ignore=ignore_patterns("*.py", "__pycache__"))
    path = folder / "chat.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(m.file == path and m.line > 1 and says in m.message for m in check_knowledge(folder))


def test_everything_that_is_shown_has_a_word(knowledge: Knowledge) -> None:
    said = knowledge.chat
    assert set(said.severities) == {each.value for each in Severity}
    assert set(said.case.states) == {each.value for each in State}
    assert set(said.case.verdicts) == {each.value for each in Verdict}
    own = {"previous", "next", "back", "restart", "quiet", "loud"}
    chosen = {"guide", "checklist", "setting", "case", "tried"}
    assert set(said.buttons) == own | {each.value for each in Action} - chosen
    assert set(said.stats.trends) == {each.value for each in Trend}
    assert set(said.stats.kinds) <= {each.value for each in Subject}
    assert {name.replace("_", "-") for name in _replaced()} >= said.secrets


def test_the_legend_explains_the_marks(knowledge: Knowledge) -> None:
    for mark in (Mark.CONFIRMED, Mark.TO_CHECK):
        assert SIGNS[mark] in knowledge.chat.legend
    assert all(SIGNS[mark] in knowledge.chat.legend_all for mark in (Mark.CONFIRMED, Mark.TO_CHECK, Mark.RULED_OUT))


def test_the_facts_of_the_footer_exist(knowledge: Knowledge) -> None:
    fields = {name.partition(".")[2] for name in known_names()}
    assert set(knowledge.chat.headline) <= fields


def _replaced() -> set[str]:
    import re

    return {name for rule in load_redaction().rules for name in re.findall(r"\(\?P<([a-z_]+)>", rule.pattern)}
