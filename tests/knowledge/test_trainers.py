"""What is known of a trainer is one YAML file: each mistake in it is named with its line, a new one needs no code."""

import shutil
from pathlib import Path

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import diagnose
from knowledge.check import check_knowledge
from knowledge.load import HOME, load_knowledge

NEW = r"""
id: lora-mill
name: LoRA Mill
source: made up
config:
  source: made up
  formats: [toml]
  marks: mill.grain mill.stones
  whole: mill.grain
  extra: ignored
  known: mill
  settings:
    rank: {at: mill.rank, type: int, default: 6}
    learning_rate: {at: mill.rate, type: float}
log:
  source: made up
  marks: [The mill turns]
  facts:
    - {fact: rank, trigger: stones set, pattern: 'stones set to (\d{1,4})', examples: {stones set to 8: 8}}
  checkpoints:
    - {trigger: sack filled, examples: ['sack filled: a.safetensors']}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(HOME, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def test_a_new_trainer_is_one_file_and_no_code(copy: Path) -> None:
    (copy / "trainers" / "lora-mill.yaml").write_text(NEW)
    assert check_knowledge(copy) == ()
    knowledge = load_knowledge(copy)
    config = Attachment.from_bytes("a.toml", b"[mill]\ngrain = 'rye'\nstones = 2\nrate = 1e-4\n")
    report = diagnose(Bundle("", (config,)), knowledge)
    assert report.trainer is not None
    assert report.trainer.id == "lora-mill"
    assert (report.facts["rank"], report.facts["learning_rate"]) == (6, 1e-4)
    log = Attachment.from_bytes("l.txt", b"The mill turns\nstones set to 8\nsack filled: a\nError running job: x\n" * 2)
    report = diagnose(Bundle("", (log,)), knowledge)
    assert (report.facts["rank"], report.facts["checkpoints"]) == (8, 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    rank: {at: mill.rank", "    rnak: {at: mill.rank", 13, "no setting rnak"),
        ("default: 6", "default: six", 13, "the default is no int"),
        ("formats: [toml]", "formats: [ini]", 7, "formats"),
        ("{fact: rank, trigger", "{fact: rnak, trigger", 19, "no fact rnak"),
        ("trigger: stones set", "trigger: stone set", 19, "does not hit"),
        ("stones set to 8: 8", "stones set to 8: 9", 19, "states 8, not 9"),
        (r"(\d{1,4})", r"(\d{1,4}", 19, "not a valid RE2 pattern"),
        (r"(\d{1,4})", r"\d{1,4}", 19, "exactly one group"),
        (r"to (\d{1,4})", r"t.*(\d{1,4})", 19, "gap without a bound"),
        ("sack filled: a.s", "sack full: a.s", 21, "does not hit"),
        ("  whole: mill.grain", "  whole: mill.grain\n  confused: {grain: mil}", 10, "no key mil"),
    ],
)
def test_every_mistake_is_named_with_its_line(copy: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in NEW
    path = copy / "trainers" / "lora-mill.yaml"
    path.write_text(NEW.replace(old, new, 1))
    (mistake,) = [each for each in check_knowledge(copy) if each.file == path][:1]
    assert (mistake.line, says in mistake.message) == (line, True), mistake
