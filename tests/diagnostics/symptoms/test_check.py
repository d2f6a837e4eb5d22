from __future__ import annotations

import shutil
from pathlib import Path

from diagnostics.symptoms.check import check_phrases

from .conftest import HOME


def test_everything_that_ships_does_what_its_examples_say() -> None:
    assert check_phrases() == ()


def test_a_broken_example_is_named_with_its_line(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(HOME, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    phrases = '- words: "wax"\n  examples:\n    - "wax"\n    - "soap"\n  counterexamples: ["wax figure"]\n'
    (root / "phrases" / "overfit.yaml").write_text(phrases, encoding="utf-8")
    facts = "- {fact: rank, pattern: 'rank (\\d+)', examples: {rank 8: 16}, counterexamples: [rank 4]}\n"
    (root / "message-facts.yaml").write_text(facts, encoding="utf-8")
    found = [(mistake.file.name, mistake.line) for mistake in check_phrases(root)]
    assert found == [("message-facts.yaml", 1), ("message-facts.yaml", 1), ("overfit.yaml", 4), ("overfit.yaml", 5)]


def test_a_missing_group_is_one_mistake(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(HOME, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (root / "phrases" / "overfit.yaml").write_text('- {words: "@nothing", examples: ["wax"]}\n', encoding="utf-8")
    (mistake,) = check_phrases(root)
    assert "no group @nothing" in mistake.message
