import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.text import Span, Style, clean, clean_code, cut, cut_line, first_sentence, line, words


@given(st.text(max_size=300), st.integers(1, 200))
def test_a_cut_text_is_short_enough_and_the_beginning_of_the_whole(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert text.strip().startswith(short.removesuffix("…"))
    assert short == text.strip() or short.endswith("…")


def test_text_is_cut_between_words() -> None:
    assert cut("Reduce the batch size to one", 20) == "Reduce the batch…"


def test_a_long_path_is_cut_inside_rather_than_left_out() -> None:
    assert cut("at /workspace/output/lora/checkpoint", 20) == "at /workspace/outpu…"


@given(st.text(max_size=200))
def test_nothing_that_hides_or_reorders_text_is_left(text: str) -> None:
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in clean(text) if each != "\n")
    assert clean(clean(text)) == clean(text)


def test_stacked_accents_are_thinned_and_ordinary_ones_stay() -> None:
    assert clean("e\u0301" + "a" + "\u0301" * 50) == "e\u0301a" + "\u0301" * 3


def test_the_spaces_of_a_diff_stay() -> None:
    assert clean_code("-    lr: 1\r\n+\tlr: 2\x1b[0m") == "-    lr: 1\n+   lr: 2[0m"


def test_what_stands_in_backticks_is_code() -> None:
    assert line("Set `batch_size: 1` here") == (Span("Set "), Span("batch_size: 1", Style.CODE), Span(" here"))


@given(st.text(max_size=80), st.integers(1, 100))
def test_a_cut_line_keeps_its_limit(text: str, limit: int) -> None:
    given_line = line(text, Span("code", Style.CODE), text)
    assert len(words(cut_line(given_line, limit))) <= limit + 1


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The loss is 0.155 now. It was higher.", "The loss is 0.155 now."),
        ("No end", "No end"),
        ("Why? Because.", "Why?"),
    ],
)
def test_the_first_sentence_does_not_end_in_a_number(text: str, first: str) -> None:
    assert first_sentence(text) == first
