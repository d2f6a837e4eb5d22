from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.symptoms.sentences import MOST_CHARACTERS, Sentence, sentences


def test_sentences_keep_their_lines() -> None:
    text = "My lora is bad. Really!\n\nThe face drifts… why?\n皮肤像塑料。背景换不了\uff01"
    assert list(sentences(text, first_line=5)) == [
        Sentence("My lora is bad.", 5),
        Sentence("Really!", 5),
        Sentence("The face drifts…", 7),
        Sentence("why?", 7),
        Sentence("皮肤像塑料。", 8),
        Sentence("背景换不了\uff01", 8),
    ]


def test_numbers_and_file_names_do_not_end_a_sentence() -> None:
    assert len(list(sentences("loss 0.15 with last.safetensors at 1.0"))) == 1


def test_a_wrapped_line_goes_on() -> None:
    first = "I trained this for three thousand steps on a rented card and the skin of the"
    assert [s.text for s in sentences(f"{first}\nperson looks like wax.")] == [f"{first} person looks like wax."]


@pytest.mark.parametrize(
    "line",
    [
        '  File "train.py", line 10, in <module>',
        "Traceback (most recent call last):",
        "torch.OutOfMemoryError: CUDA out of memory.",
        "steps:  12%|#1        | 120/1000 [02:10<10:00,  1.2it/s, avr_loss=nan]",
        "2024-01-02 10:11:12 INFO no images found",
        "10:11:12-123456 ERROR no data found",
        "network_dim: 16",
        'output_dir = "/data/out"',
        "accelerate launch train.py --save_every 200",
        "/opt/venv/lib/numpy/core.py:190: RuntimeWarning: invalid value",
        "num train images * repeats / 学習画像の数: 210",
    ],
)
def test_what_a_program_printed_is_passed_over(line: str) -> None:
    assert [s.text for s in sentences(f"Help\n{line}\nplease")] == ["Help", "please"]


@pytest.mark.parametrize(
    "line",
    ["Error when I start, what now", "Loss: it jumps", "I use comfyui/秋叶 and the face drifts", "10 images, 3 epochs"],
)
def test_what_people_write_stays(line: str) -> None:
    assert [s.text for s in sentences(line)] == [line]


def test_fenced_blocks_comments_and_links_are_passed_over() -> None:
    text = "<!-- describe\nthe bug -->\nsee https://x.test/plastic-skin\n```\nno images found\n```\nbye"
    assert list(sentences(text)) == [Sentence("see", 3), Sentence("bye", 7)]


@given(st.text(max_size=2000))
@settings(deadline=None)
def test_lines_lie_in_the_text(text: str) -> None:
    for sentence in sentences(text):
        assert 1 <= sentence.line <= text.count("\n") + 1
        assert sentence.text == " ".join(sentence.text.split()) != ""


def test_reads_no_further_than_its_limit() -> None:
    assert list(sentences(" " * MOST_CHARACTERS + "plastic skin")) == []
