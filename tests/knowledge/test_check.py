"""`lora-triage knowledge check` on copies of the real knowledge, each with one thing changed."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from diagnostics.bundle import Bundle
from diagnostics.diagnose import diagnose
from knowledge.check import check_knowledge
from knowledge.load import HOME, load_knowledge
from knowledge.mistakes import KnowledgeError
from tests.conftest import ROOT

NEW_RULE = r"""
id: flux-capacitor
title: The flux capacitor is empty
kind: crash
severity: critical
summary: The trainer found no charge in the flux capacitor.
signatures:
  - pattern: 'FluxError: capacitor at \d{1,3} %'
    examples: ['FluxError: capacitor at 3 %']
    counterexamples: ['the capacitor at 88 mph is fine']
fixes:
  - solution: Charge it
    setting: '`batch_size: 1`'
    check: config.batch_size > 1
    why: {ruled_out: 'batch_size is already {config.batch_size}'}
    patch: {batch_size: 1}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(HOME, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def test_the_knowledge_that_ships_is_without_mistakes() -> None:
    assert check_knowledge() == ()


def test_a_new_rule_is_one_file_and_no_code(copy: Path) -> None:
    (copy / "crashes" / "flux-capacitor.yaml").write_text(NEW_RULE)
    assert check_knowledge(copy) == ()
    report = diagnose(Bundle("FluxError: capacitor at 7 %"), load_knowledge(copy))
    assert report.findings[0].id == "flux-capacitor"
    assert report.findings[0].fixes[0].solution == "Charge it"
    listed = CliRunner().invoke(cli, ["--knowledge", str(copy), "diagnose", "-m", "FluxError: capacitor at 7 %"])
    assert "The flux capacitor is empty" in listed.output


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title:", "titel:", 3, "titel"),
        ("kind: crash", "kind: crush", 4, "crash"),
        (r"\d{1,3} %'", r"\d{1,3 %('", 8, "RE2"),
        (r"\d{1,3} %'", r".*%'", 8, "without a bound"),
        ("['FluxError: capacitor at 3 %']", "['capacitor at 3 %']", 9, "does not hit its own pattern"),
        ("['the capacitor at 88 mph is fine']", "['FluxError: capacitor at 9 % again']", 10, "counterexample"),
        ("config.batch_size > 1", "config.batchsize > 1", 14, "no fact config.batchsize"),
        ("config.batch_size > 1", "config.batch_size >", 14, "not a valid expression"),
        ("{config.batch_size}", "{config.batch}", 15, "no fact config.batch"),
        ("{batch_size: 1}", "{bach_size: 1}", 16, "no setting bach_size"),
        ("severity: critical", "severity: critical\nseverity: info", 6, "twice"),
        ("id: flux-capacitor", "id: flux-capacitators", 1, "file name differ"),
        ("title: The", "title:\tThe\n\tx: {", 4, "tab"),
    ],
)
def test_each_mistake_is_named_with_file_and_line(copy: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in NEW_RULE
    path = copy / "crashes" / "flux-capacitor.yaml"
    path.write_text(NEW_RULE.replace(old, new))
    mistakes = check_knowledge(copy)
    assert mistakes, "the mistake was not seen"
    assert any(m.file == path and m.line == line and says in m.message for m in mistakes), mistakes


def test_the_rule_in_the_readme_is_a_good_one(copy: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rule = readme.split("```yaml\n")[1].split("```")[0]
    (copy / "crashes" / "my-error.yaml").write_text(rule)
    assert check_knowledge(copy) == ()


def test_all_mistakes_of_all_files_are_named_at_once(copy: Path) -> None:
    (copy / "crashes" / "one.yaml").write_text("id: one\n")
    (copy / "crashes" / "two.yaml").write_text("id: two\n")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(copy)
    assert {mistake.file.stem for mistake in caught.value.mistakes} == {"one", "two"}


def test_a_reference_into_the_void_is_named(copy: Path) -> None:
    path = copy / "flowchart.yaml"
    path.write_text(path.read_text().replace("plastic-skin", "plastic-skinn"))
    assert any(m.file == path and "plastic-skinn" in m.message for m in check_knowledge(copy))


def test_no_loader_of_objects_is_used(copy: Path) -> None:
    (copy / "crashes" / "evil.yaml").write_text("!!python/object/apply:os.system ['true']\n")
    with pytest.raises(KnowledgeError):
        load_knowledge(copy)


def test_the_command_names_mistakes_and_fails(copy: Path) -> None:
    (copy / "crashes" / "one.yaml").write_text("id: one\n")
    result = CliRunner().invoke(cli, ["--knowledge", str(copy), "knowledge", "check"])
    assert result.exit_code == 1
    assert "one.yaml:1: title" in result.output.replace("\n", "")
