import pytest

from knowledge.expressions import context_of
from knowledge.facts import ConfigFacts, DatasetFacts, Facts
from knowledge.wording import fill, shown

CONTEXT = context_of(
    Facts(
        config=ConfigFacts(learning_rate=0.0002, quantize=False),
        dataset=DatasetFacts(captions_without_trigger=tuple(str(n) for n in range(9))),
    )
)


def test_values_are_written_as_people_write_them() -> None:
    text = "lr {config.learning_rate}, quantize {config.quantize}, captions {dataset.captions_without_trigger}"
    assert fill(text, CONTEXT) == "lr 0.0002, quantize no, captions 0, 1, 2, 3, 4 and 4 more"


def test_a_sentence_without_its_value_is_left_out() -> None:
    assert fill("The rank is {config.rank}. Lower it.", CONTEXT) == "Lower it."
    assert fill("The rank is {config.rank}.", CONTEXT) is None


def test_own_values_fill_plain_names() -> None:
    assert (
        fill("`{path}` is {value}", CONTEXT, {"path": "train.lr", "value": "{config.rank}"})
        == "`train.lr` is {config.rank}"
    )


@pytest.mark.parametrize(("value", "text"), [(1e-6, "1e-06"), (2.0, "2"), (True, "yes"), (0.00012, "0.00012")])
def test_numbers(value: float, text: str) -> None:
    assert shown(value) == text
