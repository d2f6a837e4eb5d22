"""Lines that are made to be slow or to break the reader."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Document, Kind
from diagnostics.log import read_log
from diagnostics.log.lines import LONGEST
from diagnostics.log.progress import progress_in
from knowledge.patterns import SignatureSet
from tests.diagnostics.log.logs import document

HUGE = "9" * 400
NOTHING = SignatureSet(())
TOKENS = [
    "9%",
    "%|",
    "1/2 [",
    "1/1 [00:00<00:00, 1it/s, ",
    "1it [00:00, 1it/s, ",
    "step 1 ",
    "epoch 1 ",
    "loss: 1 ",
    '"loss": ',
    "lr=",
    "a.",
    "A",
    " ",
    'File "',
    "Error: ",
    "found directory ",
    "Tried to allocate ",
]


@pytest.mark.parametrize(
    "line",
    [
        f"step {HUGE} loss 0.1",
        f"steps: {HUGE} loss: 0.1 iter time (s): 1.0",
        f"x:  1%|a| {HUGE}/{HUGE} [00:10<00:10, 1.2it/s, loss=0.1]",
        "x:  1%|a| 1/10 [00:10<00:10, 1.2.3it/s, loss=0.1]",
        "step 5 loss 1.2.3",
        "step 5 loss 1e999",
        "CUDA out of memory. Tried to allocate 1.2.3 GiB. GPU 0 has a total capacity of . GiB",
        f"CUDA out of memory. Tried to allocate {HUGE} GiB",
        f"found directory x contains {HUGE} image files",
        f"returned non-zero exit status {HUGE}",
        f'  File "a.py", line {HUGE}, in f',
    ],
)
def test_numbers_that_no_type_holds_are_passed_over(line: str) -> None:
    for kind in (Kind.LOG, Kind.PROSE):
        reading = read_log(Document("x", kind, line), NOTHING)
        assert all(len(series.steps) == len(series.loss) for series in reading.series)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(TOKENS, 2)))
def test_no_line_of_the_longest_length_takes_long(first: str, second: str) -> None:
    """The pattern this replaces took 10 s for 2 KB; half a second is far beyond any healthy line."""
    line = ((first + second) * LONGEST)[:LONGEST]
    start = time.process_time()
    list(progress_in(line))
    read_log(document(line), NOTHING)
    assert time.process_time() - start < 0.5


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.from_regex(r"[\d.e/%\[\]<:,= -]{0,12}")), max_size=40))
def test_any_progress_like_text_is_read(parts: list[str]) -> None:
    read_log(document("".join(parts)), NOTHING)
