import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.samples.names import (
    CheckpointName,
    SampleName,
    is_grid,
    read_checkpoint_name,
    read_sample_name,
    shown_name,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("samples/1746712345678__000000250_3.jpg", SampleName(step=250, place=3)),
        ("sample/maya_e000008_02_20250601120000_42.png", SampleName(epoch=8, place=2, seed=42)),
        ("maya_000500_00_20250601120000.png", SampleName(step=500, place=0)),
        (
            "samples/1 - a woman on a sofa/2025-06-01_12-00-00-training-sample-1500-5-100.png",
            SampleName(step=1500, epoch=5, place=1),
        ),
        ("validation_images/step_500_portrait_0_1024x1024.png", SampleName(step=500, place="portrait")),
        ("ComfyUI_00012_.png", None),
        ("00012-1234567.png", None),
        ("IMG_20250601_120000.jpg", None),
    ],
)
def test_the_trainers_names_say_step_epoch_and_prompt(name: str, said: SampleName | None) -> None:
    assert read_sample_name(name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("maya_000001500", CheckpointName("maya", step=1500)),
        ("maya_LoRA_000001500", CheckpointName("maya", step=1500)),
        ("maya-000008", CheckpointName("maya", epoch=8)),
        ("maya-step00001500", CheckpointName("maya", step=1500)),
        ("maya", CheckpointName("maya")),
        ("maya_epoch10", CheckpointName("maya", epoch=10)),
        ("maya_v2", CheckpointName("maya_v2")),
        ("add-detail-xl", CheckpointName("add-detail-xl")),
    ],
)
def test_checkpoints_say_run_step_and_epoch(name: str, said: CheckpointName) -> None:
    assert read_checkpoint_name(name) == said


@pytest.mark.parametrize(
    ("name", "prompt", "shown"),
    [
        ("00012-1234567-maya naked on a red sofa.png", "maya naked on a red sofa", "00012-1234567….png"),
        ("maya_naked_on_a_red_sofa_01.png", None, "….png"),
        ("red sofa.png", "a red sofa in the sun", "….png"),
        ("samples/0 - maya naked/2025-06-01_12-00-00-training-sample-1-2-3.png", None, None),
        ("out/ComfyUI_00012_.png", "maya naked", "ComfyUI_00012_.png"),
        ("good_epoch_8.png", "maya naked", "good_epoch_8.png"),
    ],
)
def test_prompts_in_names_are_not_shown(name: str, prompt: str | None, shown: str | None) -> None:
    assert shown_name(name, prompt) == (shown or name.rpartition("/")[2])


def test_sheets_are_told_from_pictures() -> None:
    assert is_grid("xyz_grid-0001-12345.png")
    assert is_grid("grid-0003.png")
    assert not is_grid("gridlock_in_town.png")
    assert not is_grid("ComfyUI_00001_.png")


@given(st.text(max_size=300), st.none() | st.text(max_size=300))
def test_no_name_makes_reading_fail(name: str, prompt: str | None) -> None:
    read_sample_name(name)
    read_checkpoint_name(name)
    is_grid(name)
    shown_name(name, prompt)
