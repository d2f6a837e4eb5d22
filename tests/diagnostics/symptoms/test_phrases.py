from __future__ import annotations

from typing import Any

import pytest

from diagnostics.symptoms import PhraseBook, read_symptoms
from knowledge.language import Phrase, Vocabulary

WORDS = Vocabulary(
    groups={"skin": ("skin", "皮肤"), "plastic": ("plastic*", "wax", "プラスチック")},
    deny=("not", "no", "never", "cant"),
    deny_after=("ではない",),
    affirm=("not only", "cant get rid"),
    ask=("how do i", "please add"),
    mend=("fix", "get rid"),
    solved=("solved it",),
    still=("still",),
)


def _found(text: str, **phrase: Any) -> float:
    settings: dict[str, Any] = {
        "words": ("@skin", "肌"),
        "near": ("@plastic",),
        "examples": ("x",),
        "confidence": 0.8,
        **phrase,
    }
    symptoms = read_symptoms(text, {"plastic-skin": [Phrase.model_validate(settings)]}, WORDS)
    return symptoms[0].confidence if symptoms else 0.0


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("The skin looks like plastic", 0.8),
        ("plasticky skin!", 0.8),
        ("the skin is not plastic", 0.0),
        ("it is not only the skin: it is plastic", 0.8),
        ("I can't get rid of plastic skin", 0.8),
        ("肌はプラスチックではない", 0.0),
        ("the skin is fine. The bottle is plastic", 0.0),
        ("how do I make skin look plastic", 0.28),
        ("how do I fix plastic skin", 0.8),
        ("plastic skin. I solved it", 0.2),
        ("plastic skin. I never solved it", 0.8),
        ("I solved it by half, still plastic skin", 0.8),
        ("the skin of everybody I ever tried to train with this marvellous trainer of yours is plastic", 0.0),
    ],
)
def test_what_a_phrase_holds_for(text: str, confidence: float) -> None:
    assert _found(text) == pytest.approx(confidence)


def test_third_group_exclusion_and_message_scope() -> None:
    assert _found("plastic skin", also=("always",)) == 0.0
    assert _found("always plastic skin", also=("always",)) == 0.8
    assert _found("plastic skin of a toy", unless=("toy",)) == 0.0
    assert _found("plastic skin, not a toy", unless=("toy",)) == 0.8
    assert _found("plastic skin. It is a portrait", anywhere=("portrait",)) == 0.8
    assert _found("plastic skin", anywhere=("portrait",)) == 0.0
    assert _found("plastic skin. It is a toy", nowhere=("toy",)) == 0.0
    assert _found("how do I get plastic skin out", asked=True) == 0.8


def test_a_word_cannot_be_its_own_neighbour() -> None:
    assert _found("wax", words=("wax",), near=("wax",)) == 0.0
    assert _found("wax on wax", words=("wax",), near=("wax",)) == 0.8


def test_further_phrases_add_a_share_and_repetition_does_not() -> None:
    one = Phrase(words=("wax",), examples=("x",), confidence=0.5)
    two = Phrase(words=("skin",), examples=("x",), confidence=0.5)
    (symptom,) = read_symptoms("wax. skin. wax. skin.", {"plastic-skin": [one, two]}, WORDS)
    assert symptom.confidence == pytest.approx(1 - 0.5 * (1 - 0.4 * 0.5))
    assert (symptom.evidence.file, symptom.evidence.line, symptom.evidence.text) == ("message", 1, "wax.")


def test_an_unknown_group_is_named() -> None:
    phrase = Phrase(words=("@hair",), examples=("x",))
    with pytest.raises(ValueError, match="plastic-skin: the vocabulary has no group @hair"):
        PhraseBook({"plastic-skin": [phrase]}, WORDS)
