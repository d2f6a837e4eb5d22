"""What the fix tables of curves say to somebody's own learning rate and epochs."""

from __future__ import annotations

from typing import Any

import pytest

from diagnostics.fixes import changes, fix_rows
from knowledge.expressions import Context, context_of
from knowledge.facts import ConfigFacts, Facts, LossFacts
from knowledge.model import Knowledge

QWEN = "qwen-image-edit-2509"


def posted(knowledge: Knowledge, rule: str, profile: str | None = QWEN, **config: Any) -> Context:
    facts = Facts(config=ConfigFacts(**config), loss=LossFacts(pattern=rule.removeprefix("loss-")))
    return context_of(facts, dict(knowledge.profiles[profile].settings) if profile else None)


@pytest.mark.parametrize(
    ("rule", "config", "said", "changed"),
    [
        ("loss-plateau", {"learning_rate": 2e-4}, "0.0003", {"learning_rate": 3e-4}),
        ("loss-spikes", {"learning_rate": 4e-4}, "0.0001", {"learning_rate": 1e-4}),
        ("loss-spikes", {"learning_rate": 6e-5}, "3e-05", {"learning_rate": 3e-5}),
        ("loss-too-fast", {"epochs": 12.0, "steps": 4800}, "3200 make 8 epochs", {"epochs": 8, "steps": 3200}),
        ("loss-too-fast", {"steps": 4080}, "2720 make 8 epochs", {"steps": 2720}),
    ],
)
def test_the_new_value_is_worked_out_from_the_posted_one(
    knowledge: Knowledge, rule: str, config: dict[str, Any], said: str, changed: dict[str, Any]
) -> None:
    context = posted(knowledge, rule, **config)
    row = fix_rows(knowledge.rules[rule], context, knowledge.wording)[0]
    assert row.why is not None
    assert said in row.why
    assert changes([knowledge.rules[rule]], context) == pytest.approx(changed)


def test_longer_is_offered_instead_of_a_higher_rate_and_not_besides(knowledge: Knowledge) -> None:
    rule = knowledge.rules["loss-plateau"]
    context = posted(knowledge, "loss-plateau", learning_rate=2e-4, epochs=10.0, steps=3400)
    longer = fix_rows(rule, context, knowledge.wording)[1]
    assert longer.why is not None
    assert "makes 12" in longer.why
    assert "makes 4080" in longer.why
    assert changes([rule], context) == {"learning_rate": 3e-4}


def test_without_a_profile_the_rate_rises_by_half_and_the_config_is_left_alone(knowledge: Knowledge) -> None:
    rule = knowledge.rules["loss-plateau"]
    context = posted(knowledge, "loss-plateau", None, learning_rate=1e-4)
    row = fix_rows(rule, context, knowledge.wording)[0]
    assert row.why is not None
    assert "0.00015" in row.why
    assert changes([rule], context) == {}
