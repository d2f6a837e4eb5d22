"""Every message of trainers and libraries that is known hits its own rule, and what healthy runs print hits none."""

from pathlib import Path

import pytest
import yaml

from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet

MESSAGES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "messages.yaml").read_text(encoding="utf-8")
)
NOTHING = "nothing"
BESIDE = {
    # expected rule -> what may be hit beside it, less surely: the line has two readings
    "invalid-config": {"missing-dependency", "unknown-crash"},
    "dataloader-worker": {"checkpoint-not-saving"},
    "missing-dependency": {"host-oom"},
    "checkpoint-not-saving": {"invalid-config"},
    "distributed-launch": {"slow-or-stuck"},
}


@pytest.fixture(scope="module")
def signatures(knowledge: Knowledge) -> SignatureSet:
    return SignatureSet(knowledge.rules.values(), knowledge.benign.lines)


@pytest.mark.parametrize(
    ("rule", "line"), [(rule, line) for rule, lines in MESSAGES.items() if rule != NOTHING for line in lines]
)
def test_a_message_hits_its_rule_and_no_other_as_surely(signatures: SignatureSet, rule: str, line: str) -> None:
    found = signatures.match(line)
    own = max((s.confidence for hit, s in found if hit == rule), default=0.0)
    assert own, f"{rule} is not among {[hit for hit, _ in found]}"
    others = {hit: s.confidence for hit, s in found if hit != rule and not s.weak}
    assert others.keys() <= BESIDE.get(rule, set())
    assert all(confidence < own for confidence in others.values())


@pytest.mark.parametrize("line", MESSAGES[NOTHING])
def test_what_healthy_runs_print_and_people_ask_hits_nothing(signatures: SignatureSet, line: str) -> None:
    assert signatures.match(line) == []
