"""Chat messages that mix prose and pasted console lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Document, Kind
from diagnostics.log import log_lines, read_log
from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet
from tests.diagnostics.log.logs import bar

PASTED = [
    "Traceback (most recent call last):",
    '  File "/app/train.py", line 12, in main',
    "    load(path)",
    "KeyError: 'vae'",
]
MIXED = "\n".join(["hi all, it worked yesterday", *PASTED, "any idea what I did wrong?"])


def message(text: str, first_line: int = 1) -> Document:
    return Document("message", Kind.PROSE, text, first_line)


@pytest.fixture(scope="module")
def signatures(knowledge: Knowledge) -> SignatureSet:
    return SignatureSet(knowledge.rules.values(), knowledge.benign.lines)


def test_the_log_part_keeps_its_lines_where_they_are() -> None:
    found = log_lines(message(MIXED, first_line=5))
    assert found is not None
    assert found.lines == ("", *PASTED, "")
    assert found.first_line == 5


@pytest.mark.parametrize(
    "prose",
    [
        "my lora looks bad, what should I do?",
        "I trained 2000 steps and at step 500 my loss 0.08 was better than now",
        "the model saved. then I closed it",
        "",
    ],
)
def test_prose_has_no_log_part(signatures: SignatureSet, prose: str) -> None:
    assert log_lines(message(prose)) is None
    reading = read_log(message(prose), signatures)
    assert (reading.series, reading.tracebacks, reading.errors, reading.facts.finished) == ((), (), (), None)


def test_an_exception_quoted_in_a_sentence_is_seen(signatures: SignatureSet) -> None:
    said = message("it says RuntimeError: mixed dtype (CPU): expect parameter to have scalar type of Float, help")
    reading = read_log(said, signatures)
    assert [hit.rule for hit in reading.hits] == ["dtype-mismatch"]
    assert [t.exception for t in reading.tracebacks] == ["RuntimeError"]


def test_a_code_fence_is_a_log_whole() -> None:
    found = log_lines(message("look:\n```\nLoading transformer\nKilled\n```\nthanks"))
    assert found is not None
    assert found.lines == ("", "", "Loading transformer", "Killed", "", "")


@pytest.mark.parametrize("mark", ["> ", ""])
def test_bars_in_a_message_give_a_series(signatures: SignatureSet, mark: str) -> None:
    bars = [mark + bar("steps", step, 900, f", avr_loss={0.2 - step / 100}") for step in (1, 2, 3)]
    reading = read_log(message("\n".join(["loss looks odd", *bars])), signatures)
    assert [series.steps.tolist() for series in reading.series] == [[1, 2, 3]]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*PASTED, "```", "> x"]), st.text(max_size=40)), max_size=12))
def test_any_message_keeps_its_number_of_lines(lines: list[str]) -> None:
    document = message("\n".join(lines))
    found = log_lines(document)
    assert found is None or len(found.lines) == len(document.lines)
    for kept, line in zip(found.lines if found else (), document.lines, strict=bool(found)):
        assert kept in ("", line)
