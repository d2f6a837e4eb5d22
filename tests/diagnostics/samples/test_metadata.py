import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from diagnostics.pictures.texts import read_texts
from diagnostics.samples.generation import Generation, UsedLora
from diagnostics.samples.metadata import read_generation
from tests.diagnostics.pictures.files import saved, scene
from tests.diagnostics.samples.made import PROMPT, TEXTS, comfy, png, webui

EXPECTED = {
    "comfy": (
        "ComfyUI",
        1,
        "qwen_image_edit_2509_fp8_e4m3fn",
        (UsedLora("maya", 0.8), UsedLora("detail", 0.3)),
    ),
    "workflow": ("ComfyUI", 77, "sd_xl_base_1.0", (UsedLora("maya-000008", 0.7),)),
    "webui": ("A1111", 1, "sdxl_v1", (UsedLora("maya", 0.8),)),
    "invoke": ("InvokeAI", 5, "Juggernaut XL v9", (UsedLora("maya_000001500", 0.9),)),
    "old invoke": ("InvokeAI", 8, "stable-diffusion-1.5", (UsedLora("maya", 0.4),)),
    "swarm": ("SwarmUI", 6, "flux1-dev", (UsedLora("maya", 0.6),)),
    "fooocus": ("Fooocus", 7, "juggernautXL_v8Rundiffusion", (UsedLora("maya", 0.5),)),
}


def of(data: bytes) -> Generation | None:
    return read_generation(read_texts(io.BytesIO(data)))


@pytest.mark.parametrize("program", EXPECTED)
def test_each_programs_settings_are_read_from_a_real_file(program: str) -> None:
    made = of(png(None, **TEXTS[program]))
    assert made is not None
    assert (made.program, made.seed, made.model, made.loras) == EXPECTED[program]
    assert made.prompt == PROMPT


def test_the_web_uis_text_is_read_from_jpeg_and_webp() -> None:
    for kind in ("JPEG", "WEBP"):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + webui().encode("utf-16-be")
        made = of(saved(scene(1), kind, exif=exif.tobytes()))
        assert made is not None
        assert made.loras == (UsedLora("maya", 0.8),)


def test_comfyuis_graphs_are_read_from_the_makers_of_a_webp() -> None:
    exif = Image.Exif()
    exif[0x0110] = "prompt:" + json.dumps(comfy())
    made = of(saved(scene(1), "WEBP", exif=exif.tobytes()))
    assert made is not None
    assert made.loras[0] == UsedLora("maya", 0.8)


def test_a_picture_without_settings_has_none() -> None:
    assert of(saved(scene(1))) is None
    assert of(png(parameters="a note of mine", Comment="hello")) is None


def test_prompts_are_compared_without_lora_tags_case_and_spaces() -> None:
    one, other = (
        read_generation({"parameters": webui(text, strength=s)})
        for text, s in ((PROMPT, 0.6), ("  Maya_char  " + PROMPT[10:], 1.0))
    )
    assert one is not None
    assert other is not None
    assert one.prompt == other.prompt


def test_graphs_that_run_in_circles_or_deep_end() -> None:
    graph = comfy()
    graph["5"]["inputs"]["text"] = ["5", 0]
    graph["7"]["inputs"]["value"] = ["7", 0]
    made = read_generation({"prompt": json.dumps(graph)})
    assert made is not None
    assert (made.prompt, made.seed) == (None, None)
    assert read_generation({"prompt": "[" * 100_000}) is None


def test_texts_made_to_be_slow_are_not() -> None:
    slow = [
        "<lora:" * 20_000,
        "Steps: " * 20_000,
        "a, " * 40_000 + "Steps: 1,",
        ", Model: " * 20_000 + "\nSteps: 1, Seed: 1",
    ]
    started = time.perf_counter()
    for text in slow:
        read_generation({"parameters": text})
    assert time.perf_counter() - started < 2


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["1", "nodes", "class_type", "inputs", "lora_name", "lora_1", "seed", "positive", "loras", "model"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(["prompt", "workflow", "parameters", "invokeai_metadata", "sd-metadata"]), _json)
def test_no_json_makes_reading_fail(key: str, value: object) -> None:
    read_generation({key: json.dumps(value)})


@given(st.sampled_from(["prompt", "workflow"]), _json)
def test_no_node_makes_reading_fail(key: str, value: object) -> None:
    node = {
        "class_type": "KSampler",
        "type": "LoraLoader",
        "inputs": value if isinstance(value, dict) else {"positive": value},
        "widgets_values": value,
    }
    read_generation({key: json.dumps({"1": node, "nodes": [node]})})
