"""What single trainers do beyond their key maps."""

from typing import Any

import pytest

from diagnostics.config import find_configs, read_config
from tests.diagnostics.config.examples import document, kinds, read

DREAMBOOTH = "accelerate launch train_dreambooth_lora{}.py --pretrained_model_name_or_path x/y --instance_data_dir d {}"
PIPE = "output_dir = 'o'\ndataset = 'd.toml'\nepochs = 9\n{}\n[model]\ntype = 'flux'\ndtype = 'bfloat16'\n{}"
ADAPTER = "[adapter]\ntype = 'lora'\nrank = 8\n[optimizer]\ntype = 'adamw'\nlr = 1e-4\n"
SIMPLE = '{{"--model_family": "flux", "--data_backend_config": "b.json", "--model_type": "lora"{}}}'
ONE = '{{"training_method": "LORA", "base_model_name": "x", "model_type": "FLUX_DEV_1"{}}}'
SYNTH = "python train.py --dataset_base_path d --lora_base_model dit --model_id_with_origin_paths 'A/B-x:y*.z' {}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DREAMBOOTH.format("_flux", ""), {"arch": "flux", "rank": 4, "alpha": 4.0, "learning_rate": 1e-4}),
        (DREAMBOOTH.format("_sdxl", "--rank 16"), {"arch": "sdxl", "alpha": 16.0, "lora_scale": 1.0, "resolution": ()}),
        (DREAMBOOTH.format("", ""), {"arch": "sd1", "transformer": False, "alpha": 4.0, "learning_rate": 5e-4}),
        (DREAMBOOTH.format("_qwen_image", ""), {"batch_size": 4, "epochs": 1.0, "save_every": 500}),
        (DREAMBOOTH.format("_flux", "--max_train_steps 9"), {"steps": 9, "epochs": None}),
        (DREAMBOOTH.format("_flux", "--use_8bit_adam"), {"optimizer": "AdamW8bit"}),
        (PIPE.format("save_every_n_epochs = 1", ADAPTER), {"quantize": False, "batch_size": 1, "rank": 8}),
        (PIPE.format("micro_batch_size_per_gpu = [[512, 4], [1024, 1]]", ADAPTER), {"batch_size": None}),
        (PIPE.format("activation_checkpointing = true", ADAPTER), {"gradient_checkpointing": True}),
        (SIMPLE.format(""), {"rank": 16, "alpha": 16.0, "batch_size": 4, "learning_rate": 4e-7, "epochs": 1.0}),
        (SIMPLE.format(', "lora-rank": "32", "resolution": 1.0'), {"rank": 32, "alpha": 32.0, "resolution": ()}),
        (SIMPLE.format(', "max_train_steps": 50, "num_train_epochs": 0'), {"steps": 50, "epochs": None}),
        (SIMPLE.format(', "base_model_precision": "no_change"'), {"quantize": False, "quantize_type": None}),
        (ONE.format(""), {"rank": 16, "alpha": 1.0, "lora_scale": 1 / 16, "learning_rate": 3e-6, "epochs": 100.0}),
        (ONE.format(', "ema": "GPU", "save_every": 50, "save_every_unit": "STEP"'), {"ema": True, "save_every": 50}),
        (ONE.format(', "concepts": [{"path": "/d", "balancing": 3.0}]'), {"dataset_paths": ("/d",), "repeats": (3,)}),
        (ONE.format(', "transformer": {"learning_rate": 2e-4, "train": false}'), {"learning_rate": 2e-4}),
        (SYNTH.format(""), {"model": "A/B-x", "rank": 32, "alpha": 32.0, "batch_size": 1, "epochs": 1.0}),
        (SYNTH.format("--width 512 --height 768 --fp8_models x"), {"resolution": (512, 768), "quantize": True}),
    ],
)
def test_what_a_trainer_makes_of_its_config(text: str, expected: dict[str, Any]) -> None:
    values = read(text.replace("{{", "{").replace("}}", "}")).values
    assert {name: getattr(values, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (DREAMBOOTH.format("_flux", "--network_dim 8"), "unrecognized-argument", {"right": "rank"}),
        (SYNTH.format("--enable_csv_log --num_epoch 3"), None, {}),
        (SYNTH.format("--enable_csv_log --learning_rat 3"), None, {}),
        (SYNTH.format("--lora_ranks 3"), "unrecognized-argument", {"right": "lora_rank"}),
        (SIMPLE.format(', "learning_rte": 1e-4'), "unrecognized-key", {"right": "learning_rate"}),
        (SIMPLE.format(', "brand_new_option": 1'), None, {}),
        (ONE.format(', "network_dim": 8'), "ignored-key", {"right": "lora_rank"}),
        (ONE.format(', "lr": 1e-4'), "ignored-rate", {"right": "learning_rate"}),
        (ONE.format(', "brand_new": 1, "also_new": 2'), "keys-not-known", {"keys": "brand_new, also_new"}),
        (
            PIPE.format("save_every_n_steps = 5\nrank = 4", ADAPTER.replace("rank", "dropout")),
            "ignored-key",
            {"right": "adapter.rank"},
        ),
        (PIPE.format("", ADAPTER), "save-every-missing", {}),
        (
            PIPE.format("save_every_n_steps = 5", ADAPTER + "[adapter.x]\n").replace("rank", "alpha"),
            "alpha-refused",
            {},
        ),
        (PIPE.format("save_every_n_steps = 5", "[optimizer]\ntype = 'adamw'\n"), "whole-model", {}),
        ("resolutions = [1, 2, 3, 4]\n[[directory]]\npath = '/d'\n", "too-many-resolutions", {"count": "4"}),
        (SYNTH.format(""), "no-loss-logged", {}),
        (SYNTH.format("--enable_csv_log"), None, {}),
    ],
)
def test_keys_and_traps_of_single_trainers(text: str, kind: str | None, said: dict[str, str]) -> None:
    config = read(text)
    found = [seen for seen in config.observations if kind is None or seen.kind == kind]
    assert bool(found) == (kind is not None), config.observations
    for name, value in said.items():
        assert found[0].values[name] == value


def test_many_unknown_keys_are_named_in_part_and_counted() -> None:
    keys = "".join(f', "unheard_of_{chr(97 + i)}": 1' for i in range(9))
    config = read(ONE.format(keys))
    (seen,) = [seen for seen in config.observations if seen.kind == "keys-not-known"]
    assert seen.values["keys"].endswith("unheard_of_e and 4 more")
    assert seen.values["trainer"] == "OneTrainer"


def test_unknown_keys_of_ai_toolkit_and_sd_scripts_are_told_too() -> None:
    toml = "pretrained_model_name_or_path = 'x'\nnetwork_module = 'y'\nnetwork_dim = 4\nunheard_of = 3\n"
    assert kinds(toml)["keys-not-known"] == 4
    yaml = "config:\n  process:\n  - type: sd_trainer\n    train:\n      lr: 1e-4\n      unheard_of: 3\n"
    assert kinds(yaml)["keys-not-known"] == 6


SCRIPT = "#!/bin/bash\nexport HF_HOME=/data/hf\nMODEL='a b'\ncd /work\npip install -r r.txt\n\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_shell_script_may_prepare_before_it_launches(ending: str) -> None:
    text = (SCRIPT + DREAMBOOTH.format("_flux", "--rank 8") + "\n").replace("\n", ending)
    config = read(text)
    assert (config.trainer, config.values.rank) == ("diffusers", 8)
    assert config.origins["rank"].line == 7


def test_a_script_that_launches_nothing_is_no_config() -> None:
    assert read_config(document(SCRIPT)) is None
    assert find_configs(document(SCRIPT)) == []
