import pytest

from knowledge.expressions import (
    ExpressionError,
    Unknown,
    compile_expression,
    context_of,
    evaluate,
    known_names,
    names,
)
from knowledge.facts import ConfigFacts, DatasetFacts, Facts

CONTEXT = context_of(
    Facts(config=ConfigFacts(batch_size=2, learning_rate=2e-4), dataset=DatasetFacts(captions_missing=())),
    {"learning_rate": 2e-4},
)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("config.batch_size > 1", True),
        ("config.batch_size > 2.5", False),
        ("config.learning_rate == profile.learning_rate", True),
        ("size(dataset.captions_missing) > 0", False),
        ("has(config.rank)", False),
        ("config.rank > 4 || config.batch_size > 1", True),
    ],
)
def test_known_facts_decide(source: str, value: bool) -> None:
    assert evaluate(source, CONTEXT) is value


@pytest.mark.parametrize("source", ["config.rank > 4", "config.rank > 4 && config.batch_size > 1"])
def test_a_missing_fact_is_named(source: str) -> None:
    assert evaluate(source, CONTEXT) == Unknown("config.rank")


@pytest.mark.parametrize("source", ["config.batch_size / 0 > 1", "config.batch_size > 'a'", "1 + 'a' > 2"])
def test_nonsense_is_unknown_and_never_raises(source: str) -> None:
    assert isinstance(evaluate(source, CONTEXT), Unknown)


@pytest.mark.parametrize("source", ["config.rank >", "import os", "(((("])
def test_a_broken_expression_is_told_at_once(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


def test_an_expression_reaches_no_python() -> None:
    assert isinstance(evaluate("config.__class__ == 1", CONTEXT), Unknown)
    assert isinstance(evaluate("__import__('os').system('true') == 0", CONTEXT), Unknown)


def test_names_in_texts_do_not_count() -> None:
    assert names("config.rank > profile.rank && log.trainer == 'config.alpha'") == (
        "config.rank",
        "profile.rank",
        "log.trainer",
    )


def test_every_group_has_names() -> None:
    assert {name.split(".")[0] for name in known_names()} == {
        *("config", "log", "loss", "dataset", "message", "samples", "lora", "machine", "tested")
    }
