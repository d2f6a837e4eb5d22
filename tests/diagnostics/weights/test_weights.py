import io
import json
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Report
from diagnostics.weights.facts import is_lora, lora_facts
from diagnostics.weights.header import WeightsError, read_header
from tests.diagnostics.test_material import CONFIG
from tests.diagnostics.weights.files import AI_TOOLKIT, KOHYA, lora


def attached(data: bytes, name: str = "mia.safetensors") -> Attachment:
    return Attachment.from_bytes(name, data)


def diagnosed(diagnostician: Diagnostician, *files: Attachment, message: str = "") -> Report:
    return diagnostician.diagnose(Bundle(message, files))


def notes(report: Report) -> str:
    return "\n".join(note.text for note in report.notes)


def test_what_sd_scripts_writes() -> None:
    facts = lora_facts("run/mia-000005.safetensors", read_header(attached(lora(KOHYA))))
    assert (facts.trainer, facts.name, facts.model) == ("sd-scripts", "mia", "sd_xl_base_1.0.safetensors")
    assert (facts.rank, facts.alpha, facts.learning_rate, facts.batch_size) == (16, 8.0, 0.0001, 10)
    assert (facts.epoch, facts.epochs, facts.step, facts.steps) == (5, 10, 1700, 3400)
    assert (facts.images, facts.images_with_repeats) == (100, 3400)
    assert (facts.folders, facts.repeats) == (("40_mia", "20_body"), (40, 20))
    assert facts.untagged == ("20_body: 28 of 30",)
    assert (facts.modules, facts.truncated, facts.trigger_word) == (4, False, None)


def test_what_ai_toolkit_writes() -> None:
    facts = lora_facts("maya_v1_000002000.safetensors", read_header(attached(lora(AI_TOOLKIT, 32, form="lora_A"))))
    assert (facts.trainer, facts.rank, facts.step, facts.epoch) == ("ai-toolkit", 32, 2000, None)
    assert (facts.trigger_word, facts.folders, facts.untagged) == ("maya_char", None, None)


@pytest.mark.parametrize(
    ("name", "step"),
    [("mia_000001250", 1250), ("mia-step00000400", 400), ("mia-000004", None), ("mia_2024", None), ("mia", None)],
)
def test_without_metadata_the_name_tells_the_step(name: str, step: int | None) -> None:
    facts = lora_facts(f"{name}.safetensors", read_header(attached(lora())))
    assert (facts.step, facts.rank, facts.trainer) == (step, 16, None)


def test_a_path_of_the_base_model_loses_its_folders() -> None:
    told = {**KOHYA, "ss_sd_model_name": "C:\\Users\\Jane Doe\\models\\base.safetensors"}
    assert lora_facts("a", read_header(attached(lora(told)))).model == "base.safetensors"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1\2\3",
        struct.pack("<Q", 1 << 60) + b"{}",
        struct.pack("<Q", 400) + b"{}",
        struct.pack("<Q", 6) + b"[1, 2]",
        struct.pack("<Q", 40_000) + b"[" * 40_000,
        struct.pack("<Q", 4) + b"\xff\xfe\x00\x01",
    ],
)
def test_what_is_no_safetensors_file_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(WeightsError):
        read_header(attached(data))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from([*KOHYA, "a.lora_down.weight", "shape", "data_offsets"]), inner)
        ),
    )
)
def test_no_header_breaks_the_reading(value: object) -> None:
    inner = {key: json.dumps(value) for key in KOHYA}
    data = json.dumps({"__metadata__": inner, "x.lora_down.weight": value}).encode()
    facts = lora_facts("a.safetensors", read_header(attached(struct.pack("<Q", len(data)) + data)))
    assert facts.file == "a.safetensors"


def test_a_whole_model_is_no_lora(diagnostician: Diagnostician) -> None:
    data = json.dumps({"model.weight": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    model = attached(struct.pack("<Q", len(data)) + data + b"\0" * 4)
    assert not is_lora(read_header(model))
    report = diagnosed(diagnostician, model)
    assert "no LoRA layers" in report.skipped[0].reason


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("cut", [0, 1000])
def test_a_file_that_is_too_short_is_named(diagnostician: Diagnostician, packed: bool, cut: int) -> None:
    data = lora(KOHYA, cut=cut)
    file = attached(data)
    if packed:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mia.safetensors", data)
        file = attached(buffer.getvalue(), "run.zip")
    assert ("shorter than its own header" in notes(diagnosed(diagnostician, file))) is bool(cut)


def test_of_a_large_file_in_an_archive_only_the_beginning_is_kept(diagnostician: Diagnostician) -> None:
    header = lora(KOHYA, rank=16, modules=4)
    length = 8 + struct.unpack("<Q", header[:8])[0]
    big = header[8:length].replace(b"[7168, 8192]", b"[7168, 30001000]")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mia.safetensors", struct.pack("<Q", len(big)) + big + bytes(30_000_000))
    report = diagnosed(diagnostician, attached(buffer.getvalue(), "run.zip"))
    assert "shorter" in notes(report)
    assert report.usable


def test_a_file_of_another_config_is_told(diagnostician: Diagnostician) -> None:
    config = Attachment.from_bytes("config.yaml", CONFIG.encode())
    said = notes(diagnosed(diagnostician, config, attached(lora(AI_TOOLKIT, rank=32))))
    assert "rank 32, and the config trains rank 16. This file was not trained with this config" in said
    own = notes(diagnosed(diagnostician, config, attached(lora(AI_TOOLKIT, rank=16))))
    assert "not trained with" not in own
    other = notes(diagnosed(diagnostician, config, attached(lora(KOHYA))))
    assert "written by sd-scripts, and the config is one of ai-toolkit" in other
    assert "alpha 8, and the config says 16" in other


def test_the_checkpoint_is_the_one_that_was_tested(diagnostician: Diagnostician) -> None:
    file = attached(lora(KOHYA), "mia-000005.safetensors")
    report = diagnosed(diagnostician, file, message="the skin looks like plastic, I used epoch 10")
    late = next(row for row in report.findings[0].fixes if row.diagnosis == "Using late checkpoint")
    assert (late.status, late.why) == ("ruled-out", "You already tested epoch 5. You already tested step 1700.")
    assert "You speak of epoch 10, and mia-000005.safetensors is of epoch 5" in notes(report)
