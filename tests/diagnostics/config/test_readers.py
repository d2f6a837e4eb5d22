"""The fields of realistic configs, each with the line it stands on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diagnostics.config import read_config
from diagnostics.config.read import looks_like_config
from tests.diagnostics.config.examples import (
    ALL,
    DATASET_TOML,
    FLUX,
    KOHYA_COMMAND,
    KOHYA_GUI,
    KOHYA_TOML,
    QWEN,
    document,
    kinds,
    line_of,
    read,
)


def check(text: str, expected: dict[str, tuple[Any, str | None]]) -> None:
    """Each field: its value, and a part of the line that sets it (None: the trainer's default)."""
    config = read(text)
    for name, (value, part) in expected.items():
        assert getattr(config.values, name) == value, name
        if part is None:
            assert name in config.values.defaulted, name
            assert name not in config.origins
        else:
            assert config.origins[name].line == line_of(text, part), name
            assert part.strip() in config.origins[name].text


def test_qwen_image_edit() -> None:
    config = read(QWEN)
    assert config.trainer == "ai-toolkit"
    assert config.values.repeats == (2, 1)
    assert config.values.transformer is True
    assert config.values.lora_scale is None, "alpha has no effect on transformers in ai-toolkit"
    assert config.origins["caption_extension"].line == 20
    assert config.paths["learning_rate"] == "config.process[0].train.lr"
    check(
        QWEN,
        {
            "rank": (16, "linear: 16"),
            "alpha": (32.0, "linear_alpha: 32"),
            "learning_rate": (0.0002, "lr: 2e-4"),
            "steps": (3400, "steps: 3400"),
            "batch_size": (1, "batch_size: 1"),
            "gradient_accumulation": (2, "gradient_accumulation: 2"),
            "gradient_checkpointing": (True, "gradient_checkpointing: true"),
            "quantize": (True, "quantize: true"),
            "quantize_type": ("uint3", "qtype:"),
            "low_vram": (True, "low_vram: true"),
            "model": ("Qwen/Qwen-Image-Edit-2509", "name_or_path:"),
            "arch": ("qwen_image_edit_plus", "arch:"),
            "resolution": ((512, 768, 1024), "resolution:"),
            "trigger_word": ("maya_char", "trigger_word:"),
            "save_every": (340, "save_every: 340"),
            "sample_every": (250, "sample_every: 250"),
            "dataset_paths": (("D:\\data\\40_maya_char", "D:/data/20_maya_char_realbody"), "40_maya_char"),
            "output_name": ("maya_v3", 'name: "maya_v3"'),
            "precision": ("bf16", "dtype: bf16"),
            "lr_scheduler": ("constant", None),
            "ema": (False, None),
        },
    )


def test_flux_with_legacy_fields() -> None:
    check(
        FLUX,
        {
            "rank": (64, "linear: 64, "),
            "learning_rate": (1.0, "lr: 0.0004"),  # prodigy replaces a rate below 0.1
            "gradient_accumulation": (4, "gradient_accumulation_steps: 4"),
            "arch": ("flux", "is_flux: true"),
            "quantize_type": ("qfloat8", None),
            "cache_latents": (True, "cache_latents_to_disk: true"),
            "ema": (True, "use_ema: true"),
            "gradient_checkpointing": (True, None),
            "batch_size": (2, "batch_size: 2"),
        },
    )
    assert {"rate-replaced", "accumulation-legacy", "resolution-multiplies"} <= kinds(FLUX).keys()


def test_sd_scripts_toml() -> None:
    check(
        KOHYA_TOML,
        {
            "model": ("D:/models/sd_xl_base_1.0.safetensors", "pretrained_model"),
            "rank": (32, "network_dim"),
            "alpha": (1.0, None),
            "learning_rate": (0.0001, "unet_lr"),
            "text_encoder_learning_rate": (5e-05, "text_encoder_lr"),
            "epochs": (10.0, "max_train_epochs"),
            "batch_size": (2, "train_batch_size"),
            "resolution": ((1024, 1024), "resolution"),
            "caption_extension": (".txt", "caption_extension"),
            "dataset_paths": (("D:\\train\\maya",), "train_data_dir"),
            "precision": ("fp16", "mixed_precision"),
            "save_every_epochs": (1, "save_every_n_epochs"),
        },
    )
    config = read(KOHYA_TOML)
    assert config.trainer == "sd-scripts"
    assert config.values.steps is None, "epochs win over the default of max_train_steps"
    assert config.values.lora_scale == pytest.approx(1 / 32)
    assert config.values.transformer is False


def test_sd_scripts_command_line() -> None:
    check(
        KOHYA_COMMAND,
        {
            "model": ("D:/m/sdxl.safetensors", "--pretrained_model"),
            "rank": (32, "--network_dim 32"),
            "alpha": (16.0, "--network_alpha"),
            "learning_rate": (0.0001, "--unet_lr"),
            "steps": (1600, "--max_train_steps"),
            "batch_size": (2, "--train_batch_size"),
            "gradient_checkpointing": (True, "--gradient_checkpointing"),
            "caption_extension": (".caption", None),
            "save_every": (200, "--save_every_n_steps"),
            "optimizer": ("AdamW", None),
        },
    )
    config = read(KOHYA_COMMAND)
    assert (config.trainer, config.values.arch, config.values.transformer) == ("sd-scripts", "sdxl", False)


def test_an_object_on_one_line_is_a_config() -> None:
    line = json.dumps(json.loads(KOHYA_GUI))
    assert "\n" not in line
    assert looks_like_config(line)
    assert not looks_like_config('{"step": 1, "loss": 0.1, "epoch": 1, "lr": 0.0001}')
    assert read(line).values.rank == read(KOHYA_GUI).values.rank


def test_kohya_gui_json() -> None:
    check(
        KOHYA_GUI,
        {
            "rank": (32, "network_dim"),
            "alpha": (16.0, "network_alpha"),
            "learning_rate": (0.0003, "unet_lr"),
            "batch_size": (2, "train_batch_size"),
            "epochs": (10.0, '"epoch"'),
            "resolution": ((1024, 1024), "max_resolution"),
            "caption_extension": (".txt", "caption_extension"),
            "dataset_paths": (("/data/img",), "train_data_dir"),
        },
    )
    config = read(KOHYA_GUI)
    assert config.trainer == "sd-scripts"
    assert config.values.steps is None, "0 means: not set"
    assert not config.observations, "numbers as text are normal in the GUI's files"


def test_dataset_toml() -> None:
    check(
        DATASET_TOML,
        {
            "batch_size": (4, "batch_size"),
            "resolution": ((768, 1024), "resolution"),
            "caption_extension": (".txt", "caption_extension"),
            "trigger_word": ("maya woman", "class_tokens"),
            "dataset_paths": (("E:\\data\\subject",), "image_dir"),
        },
    )
    assert read(DATASET_TOML).values.repeats == (3,)
    assert not read(DATASET_TOML).observations


def test_musubi_by_its_dit() -> None:
    text = "python src/musubi_tuner/qwen_image_train_network.py --dit /m/qwen.safetensors --network_dim 16 --fp8_base\n"
    config = read(text)
    assert (config.trainer, config.values.rank, config.values.quantize) == ("musubi-tuner", 16, True)
    assert read("[[datasets]]\nimage_directory = '/d'\nresolution = [960, 544]\n").trainer == "musubi-tuner"


OTHERS = [
    (
        '{"training_method": "LORA", "base_model_name": "x", "lora_rank": 8, "learning_rate": "3e-4"}',
        ("onetrainer", 8, 3e-4),
    ),
    (
        'output_dir="o"\n[model]\ntype="flux"\n[adapter]\ntype="lora"\nrank=8\n[optimizer]\nlr=2e-5',
        ("diffusion-pipe", 8, 2e-5),
    ),
    (
        '{"--model_family": "flux", "--model_type": "lora", "--lora_rank": "8", "--learning_rate": "1e-4"}',
        ("simpletuner", 8, 1e-4),
    ),
    (
        "accelerate launch train_dreambooth_lora_flux.py --rank=8 --learning_rate 1e-4 --instance_prompt 'a b'",
        ("diffusers", 8, 1e-4),
    ),
    ("experiment_id: face\nlr: 1.0e-6\nbatch_size: 1\nrank: 256\n", ("unknown", 256, 1e-6)),
]


@pytest.mark.parametrize(("text", "expected"), OTHERS)
def test_other_trainers(text: str, expected: tuple[str, int, float]) -> None:
    config = read(text)
    assert (config.trainer, config.values.rank, config.values.learning_rate) == expected


def test_printed_process_object() -> None:
    train = '    "train": {\n        "steps": 5,\n        "lr": 0.0001\n    }'
    text = f'{{\n    "type": "sd_trainer",\n{train},\n    "network": {{"linear": 4}}\n}}'
    config = read(text)
    assert (config.trainer, config.values.steps, config.origins["learning_rate"].line) == ("ai-toolkit", 5, 5)


def test_lines_count_from_the_first_line_of_the_document() -> None:
    config = read_config(document(QWEN, first_line=100))
    assert config is not None
    assert config.origins["rank"].line == 99 + line_of(QWEN, "linear: 16")


NO_CONFIGS = {
    "docker-compose": "services:\n  web:\n    image: nginx\n    ports:\n      - '80:80'\n    restart: always\n",
    "package.json": '{"name": "x", "version": "1.0.0", "scripts": {"train": "node"}, "dependencies": {"a": "1"}}',
    "workflow": "name: CI\non: [push]\njobs:\n  test:\n    runs-on: ubuntu\n    steps:\n      - run: make\n",
    "pyproject": '[project]\nname = "x"\nversion = "1"\n[tool.ruff]\nline-length = 120\n',
    "extract": "job: extract\nconfig:\n  name: x\n  process:\n    - type: locon\n      mode: fixed\n      linear: 64\n",
    "prose": "my lora has plastic skin: what should I change? lr: 1e-4 is what I use",
    "empty": "",
    "spaces": " \n\t\n",
    "log": "step 1: loss=0.1\nstep 2: loss=0.2\n",
    "hydra": "model:\n  name: resnet\ntrain:\n  workers: 4\ndata: cifar\n",
}


@pytest.mark.parametrize("name", NO_CONFIGS)
def test_what_is_no_training_config(name: str) -> None:
    assert read_config(document(NO_CONFIGS[name])) is None


@pytest.mark.parametrize("name", ALL)
def test_windows_line_ends_change_nothing(name: str) -> None:
    plain, windows = read(ALL[name]), read(ALL[name].replace("\n", "\r\n"))
    assert windows.values == plain.values
    assert {k: v.line for k, v in windows.origins.items()} == {k: v.line for k, v in plain.origins.items()}
    assert [o.kind for o in windows.observations] == [o.kind for o in plain.observations]


@pytest.mark.parametrize("name", ALL)
def test_byte_order_mark_changes_nothing(name: str) -> None:
    assert read("\ufeff" + ALL[name]).values == read(ALL[name]).values
