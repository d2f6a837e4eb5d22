from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from diagnostics.symptoms.terms import Span, TermIndex
from diagnostics.symptoms.tokens import tokenise


def _find(terms: list[str], text: str) -> dict[int, list[Span]]:
    return dict(TermIndex([(term, slot) for slot, term in enumerate(terms)]).find(tokenise(text)))


def test_words_stems_and_rows() -> None:
    found = _find(
        ["wax", "plasti*", "too smooth", "over smooth*", "显存不足"],
        "Too smooth, over-smoothed, plasticky. 提示显存不足了",
    )
    assert found == {1: [Span(4, 5)], 2: [Span(0, 2)], 3: [Span(2, 4)], 4: [Span(7, 11)]}


def test_a_word_is_not_found_inside_another() -> None:
    assert _find(["ram", "oom"], "the program has room") == {}


def test_stems_match_the_bare_word_too() -> None:
    assert _find(["artifact*"], "an artifact") == {0: [Span(1, 2)]}


def test_overlapping_terms_are_all_found() -> None:
    assert _find(["black", "black hair", "hair"], "black hair") == {0: [Span(0, 1)], 1: [Span(0, 2)], 2: [Span(1, 2)]}


@pytest.mark.parametrize("term", ["...", "a*", "*"])
def test_terms_that_would_match_anything_are_refused(term: str) -> None:
    with pytest.raises(ValueError, match=r"term|stem"):
        TermIndex([(term, 0)])


@given(
    st.lists(
        st.text(st.sampled_from("abc "), min_size=1, max_size=6).filter(lambda t: bool(t.strip())),
        min_size=1,
        max_size=8,
    ),
    st.text(st.sampled_from("abc "), max_size=40),
)
@settings(deadline=None)
def test_agrees_with_looking_for_each_row_by_hand(terms: list[str], text: str) -> None:
    assume(not any(letter * 3 in written for letter in "abc" for written in (text, *terms)))  # would be shortened
    words = text.split()
    expected = {
        slot: [Span(i, i + len(row)) for i in range(len(words)) if words[i : i + len(row)] == row]
        for slot, row in enumerate(term.split() for term in terms)
    }
    assert _find(terms, text) == {slot: spans for slot, spans in expected.items() if spans}
