"""Patches apply, say the new value, and leave every other byte alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Document, Kind
from diagnostics.config import find_configs, read_config, write_patch
from knowledge.entry import SettingValue
from tests.diagnostics.config.examples import ALL, DATASET_TOML, FLUX, KOHYA_COMMAND, KOHYA_GUI, KOHYA_TOML, QWEN, read

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def apply(diff: str, text: str) -> str:
    """A strict applier: every context line must match where the hunk says, and the counts must hold."""
    source = re.findall(r"[^\n]*\n|[^\n]+", text)
    lines = re.findall(r"[^\n]*\n", diff)
    assert lines[0].startswith("--- a/")
    assert lines[1].startswith("+++ b/")
    out: list[str] = []
    at, index = 0, 2
    while index < len(lines):
        header = _HUNK.match(lines[index])
        assert header, lines[index]
        start = int(header[1]) - (header[2] != "0")
        out += source[at:start]
        at, index = start, index + 1
        before = after = 0
        while index < len(lines) and not lines[index].startswith("@@"):
            line, index = lines[index], index + 1
            body = line[1:]
            if index < len(lines) and lines[index].startswith("\\"):
                body, index = body.removesuffix("\n"), index + 1
            if line[0] in " -":
                assert source[at] == body
                at, before = at + 1, before + 1
            if line[0] in " +":
                out.append(body)
                after += 1
        assert (before, after) == (int(header[2] or 1), int(header[4] or 1))
    return "".join(out + source[at:])


def patched(text: str, **changes: SettingValue) -> tuple[str, Any]:
    config = read(text)
    diff = write_patch(config, changes)
    assert diff is not None
    new = apply(diff, text)
    return new, read(new).values


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = old.split("\n"), new.split("\n")
    return [line for line in before if line not in after], [line for line in after if line not in before]


@pytest.mark.parametrize("name", [name for name in ALL if name != "dataset.toml"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("final", [True, False])
def test_learning_rate_everywhere(name: str, ending: str, final: bool) -> None:
    text = ALL[name].replace("\n", ending)
    text = text if final else text.removesuffix(ending)
    if name == "flux.yaml":
        text = text.replace("prodigy", "adamw")
    new, values = patched(text, learning_rate=0.00025)
    assert values.learning_rate == 0.00025
    gone, come = changed_lines(text, new)
    assert (len(gone), len(come)) == (1, 1)
    assert new.endswith(ending) == final
    assert new.count("\r\n") == text.count("\r\n")


def test_comments_and_quotes_stay() -> None:
    new, _ = patched(QWEN, learning_rate=0.0001, arch="qwen_image", model="Qwen/Qwen-Image")
    assert "        lr: 0.0001   # as in the guide\n" in new
    assert 'arch: "qwen_image"\n' in new
    assert 'name_or_path: "Qwen/Qwen-Image"\n' in new


def test_a_missing_key_goes_beside_its_siblings() -> None:
    text = QWEN.replace("        low_vram: true\n", "").replace("        gradient_checkpointing: true\n", "")
    new, values = patched(text, low_vram=True, gradient_checkpointing=False)
    assert (values.low_vram, values.gradient_checkpointing) == (True, False)
    assert changed_lines(text, new)[0] == []


def test_the_guides_quantize_type_is_written_as_the_trainer_spells_it() -> None:
    new, values = patched(FLUX, quantize_type="int8")
    assert "      qtype: int8" in new
    assert values.quantize_type == "int8"


def test_a_missing_section_is_added() -> None:
    text = re.sub(r"      save:\n(        .*\n)+", "", QWEN)
    new, values = patched(text, save_every=340)
    assert values.save_every == 340
    assert "      save:\n        save_every: 340\n" in new


def test_flow_style_mapping() -> None:
    new, values = patched(FLUX, rank=8)
    assert "network: {type: lora, linear: 8, linear_alpha: 64}\n" in new
    assert values.rank == 8


def test_an_ignored_key_gets_its_right_one_beside_it() -> None:
    text = QWEN.replace("lr: 2e-4", "learning_rate: 2e-4")
    _, values = patched(text, learning_rate=0.0002)
    assert values.learning_rate == 0.0002


def test_quoted_number_loses_its_quotes() -> None:
    new, _ = patched(QWEN.replace("lr: 2e-4", 'lr: "2e-4"'), learning_rate=0.0002)
    assert "lr: 0.0002   #" in new


def test_toml_keeps_tabs_and_gui_keeps_text() -> None:
    new, values = patched(DATASET_TOML.replace("  ", "\t"), batch_size=1)
    assert values.batch_size == 1
    assert "\timage_dir" in new
    new, values = patched(KOHYA_GUI, learning_rate=0.0001, batch_size=1, epochs=8, gradient_checkpointing=True)
    assert '  "unet_lr": "0.0001"\n' in new
    assert '  "train_batch_size": "1",\n' in new
    assert '  "gradient_checkpointing": true,\n' in new
    assert (values.learning_rate, values.batch_size, values.epochs) == (0.0001, 1, 8.0)


def test_command_line() -> None:
    new, values = patched(KOHYA_COMMAND, rank=8, alpha=8.0, gradient_accumulation=2, gradient_checkpointing=False)
    assert (values.rank, values.alpha, values.gradient_accumulation) == (8, 8.0, 2)
    assert "--gradient_checkpointing" not in new
    assert '--network_alpha="8.0"' in new


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (QWEN, {"epochs": 8}),
        (QWEN, {"learning_rate": 0.0002}),
        (QWEN, {"full_half": True}),
        (QWEN, {}),
        (KOHYA_TOML, {"trigger_word": "x"}),
        (QWEN.replace("steps: 3400", "steps 3400"), {"batch_size": 4}),
        ("['python', 'train_network.py', '--network_dim=8', '--unet_lr=1e-4']", {"rank": 4}),
        ('{"type": "sd_trainer", "train": {"lr": 1}, "network": {"linear": 4}}', {"rank": 8}),
    ],
)
def test_nothing_to_change(text: str, changes: dict[str, SettingValue]) -> None:
    assert write_patch(read(text), changes) is None


def test_patch_of_a_part_applies_to_the_whole() -> None:
    whole = f"# how to train\nfirst this\n```\n{QWEN}```\nlast line\n"
    (part,) = find_configs(Document("README.md", Kind.PROSE, whole))
    config = read_config(part)
    assert config is not None
    diff = write_patch(config, {"learning_rate": 0.0003})
    assert diff is not None
    assert apply(diff, whole) == whole.replace("lr: 2e-4", "lr: 0.0003")


rates = st.floats(min_value=1e-7, max_value=2.0, allow_nan=False)
words = st.text("abcdefghijklmnopqrstuvwxyz_-/.#: é", max_size=12)


@st.composite
def yamls(draw: st.DrawFn) -> str:
    """ai-toolkit configs of varied indentation, order, comments, quoting and line ends."""
    step = " " * draw(st.integers(1, 4))
    outer, inner = f"{step}  ", f"{step}  {step}"
    comment = draw(st.sampled_from(["", "  # x", "   # a: b", " #"]))
    rate = draw(st.sampled_from(["1e-4", "0.0002", "2.0e-05", "'1e-4'", '"3e-4"', "1E-3"]))
    train = [f"lr: {rate}{comment}", "steps: 100", f"batch_size: 2{comment}", "optimizer: 'adamw8bit'"]
    train += [f"ema_config:\n{inner}{step}use_ema: true"] if draw(st.booleans()) else []
    sections = [
        "\n".join([f"{outer}train:", *(f"{inner}{line}" for line in draw(st.permutations(train)))]),
        f"{outer}network:\n{inner}type: lora\n{inner}linear: 16",
        f"{outer}datasets:\n{inner}- folder_path: C:/b c\n{inner}  resolution: [512,\n{inner}    768]",
        f"{outer}# {draw(words)}",
    ]
    body = "\n".join(draw(st.permutations(sections)))
    text = f"job: extension\nconfig:\n{step}name: x\n{step}process:\n{step}- type: sd_trainer\n{body}\n"
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None, max_examples=80)
@given(yamls(), rates)
def test_a_patch_of_the_rate_applies_and_reads_back(text: str, rate: float) -> None:
    config = read(text)
    diff = write_patch(config, {"learning_rate": rate})
    if diff is None:
        assert config.values.learning_rate == rate
        return
    new = apply(diff, text)
    after = read(new)
    assert after.values.learning_rate == pytest.approx(rate, rel=1e-12)
    old_lines, new_lines = text.split("\n"), new.split("\n")
    assert len(old_lines) == len(new_lines)
    assert sum(a != b for a, b in zip(old_lines, new_lines, strict=True)) == 1
    assert after.values.rank == config.values.rank
