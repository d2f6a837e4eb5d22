import shutil
from collections import defaultdict
from pathlib import Path

import pytest
import re2
import yaml
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.bundle import Document, Kind
from diagnostics.draft import draft_rule
from diagnostics.fingerprint import Fingerprints
from diagnostics.log import LogReader
from diagnostics.unknown import unknown_errors
from knowledge.check import check_knowledge
from knowledge.load import HOME, load_knowledge
from knowledge.mistakes import KnowledgeError
from knowledge.patterns import SignatureSet, has_unbounded_gap, quiet_options
from tests.diagnostics.error_variants import variants

KNOWLEDGE = load_knowledge()
REMARKS = KNOWLEDGE.chat.digest.drafted
MARKS = Fingerprints(KNOWLEDGE.fingerprints)
TEXT = "library/train_util.py:7 in load\nValueError: bucket {} of /data/x{}.png has no images left to draw from"
TEXTS = tuple(TEXT.format(n, n) for n in (3, 12, 70))


def hits(drafted: str, line: str) -> bool:
    patterns = [each["pattern"] for each in yaml.safe_load(drafted)["signatures"]]
    return any(re2.search(pattern, line, quiet_options()) for pattern in patterns)


def test_the_loader_misses_only_what_a_person_must_fill_in_and_takes_the_rest(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(HOME, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    drafted = draft_rule("ab12cd34ef56", TEXTS, REMARKS, MARKS)
    file = root / "crashes" / f"{drafted.id}.yaml"
    file.write_text(drafted.text)
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(root)
    assert [each.message.partition(":")[0] for each in caught.value.mistakes] == [
        "title",
        "summary",
        "fixes.0.solution",
    ]
    filled = drafted.text
    for key in ("title", "summary", "solution"):
        filled = filled.replace(f"{key}:\n", f"{key}: A word.\n")
    file.write_text(filled)
    assert check_knowledge(root) == ()


def test_the_pattern_keeps_the_words_that_all_share() -> None:
    drafted = draft_rule("ab12cd34ef56", TEXTS, REMARKS, MARKS).text
    assert hits(drafted, "ValueError: bucket 9999 of D:\\my pictures\\a.webp has no images left to draw from")
    assert not hits(drafted, "ValueError: bucket 3 has 2 images")


def test_drafts_of_three_people_hit_the_error_of_others_and_nearly_nothing_else() -> None:
    reader = LogReader(SignatureSet(()))
    texts: dict[int, list[str]] = defaultdict(list)
    logs: dict[int, list[str]] = defaultdict(list)
    for number, log in variants(12):
        (error,) = unknown_errors([reader.read(Document("log.txt", Kind.LOG, log))], MARKS)
        texts[number].append(error.text)
        logs[number] += [line for line in log.split("\n") if line]
    missed, mistaken = [], []
    for number, some in texts.items():
        drafted = draft_rule("ab12cd34ef56", some[:3], REMARKS, MARKS).text
        missed += [text for text in some[3:] if not hits(drafted, text.split("\n")[-1])]
        others = {
            other for other, lines in logs.items() if other != number and any(hits(drafted, each) for each in lines)
        }
        mistaken += [(number, other) for other in others]
    assert missed == []
    # the same message from another place of the trainer: a signature sees one line alone
    assert set(mistaken) == {(0, 2), (2, 0), (7, 8), (8, 7)}


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=5))
def test_whatever_stands_in_a_log_the_draft_is_yaml_and_hits_its_examples(messages: list[str]) -> None:
    drafted = draft_rule("ab12cd34ef56", [f"a.py:1 in f\n{each}" for each in messages], REMARKS, MARKS).text
    data = yaml.safe_load(drafted)
    assert data["id"] == "unknown-ab12cd34ef56"
    for signature in data["signatures"]:
        assert not has_unbounded_gap(signature["pattern"])
        for example in signature["examples"]:
            assert re2.search(signature["pattern"], example, quiet_options()), signature
