from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.symptoms.tokens import normalise, tokenise


def test_contractions_are_one_word_with_any_apostrophe_or_none() -> None:
    for written in ("doesn't", "doesn\u2019t", "Doesn\u00b4t", "doesnt"):
        assert tokenise(written).words == ("doesnt",)


def test_french_elision_divides() -> None:
    assert tokenise("l'image").words == ("l", "image")


def test_accents_and_cyrillic_variants_fall_together() -> None:
    assert normalise("PÉRDIDA") == normalise("perdida")
    assert normalise("чёрный") == normalise("черный")


def test_japanese_voicing_and_hangul_survive() -> None:
    assert tokenise("がぞう").words == ("が", "ぞ", "う")
    assert tokenise("이미지").words == ("이", "미", "지")


def test_half_width_kana_equal_full_width() -> None:
    assert tokenise("ｶﾞ").words == tokenise("ガ").words


def test_stretched_letters_shrink() -> None:
    assert tokenise("sloooooow").words == ("sloow",)


def test_two_cjk_signs_take_the_room_of_a_word() -> None:
    tokens = tokenise("皮肤像plastic look")
    assert tokens.words == ("皮", "肤", "像", "plastic", "look")
    assert tokens.at == (0.0, 0.5, 1.0, 1.5, 2.5)


@given(st.text(max_size=300))
@settings(deadline=None)
def test_tokens_of_tokens_are_the_same(text: str) -> None:
    words = tokenise(text).words
    assert len(words) == len(tokenise(text).at)
    assert all(word.strip() for word in words)
