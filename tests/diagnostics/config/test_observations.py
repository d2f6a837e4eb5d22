"""Every trap is seen, on its line, and nothing is seen in what is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnostics import config as package
from diagnostics.config.nearest import nearest_key, nearest_model
from knowledge.load import HOME
from knowledge.model import Pitfall, Severity
from knowledge.source import read as read_yaml
from tests.diagnostics.config.examples import DATASET_TOML, FLUX, KOHYA_COMMAND, KOHYA_TOML, QWEN, kinds, line_of, read

PITFALLS = {p.id: p for path in (HOME / "config").glob("*.yaml") for p in read_yaml(path, tuple[Pitfall, ...])}


def qwen(old: str, new: str) -> str:
    assert old in QWEN
    return QWEN.replace(old, new, 1)


YAML_CASES = [
    ("yaml-tab", qwen("        linear: 16", "\tlinear: 16"), "\tlinear: 16"),
    ("yaml-indent", qwen("        steps: 3400", "       steps: 3400"), "       steps: 3400"),
    ("yaml-escape", qwen("'D:\\data\\40_maya_char'", '"D:\\data\\40_maya_char"'), "40_maya_char"),
    ("path-escape", qwen("'D:\\data\\40_maya_char'", '"D:\\new\\train"'), "D:\\new"),
    ("yaml-bracket-value", qwen('"[trigger] in a cafe"', "[trigger] in a cafe"), "[trigger] in a cafe"),
    ("yaml-special-start", qwen('"maya_char"', "@maya"), "@maya"),
    ("yaml-colon", qwen('"maya_char"', "maya: the char"), "maya: the"),
    ("yaml-unclosed-quote", qwen('"maya_char"', '"maya_char'), '"maya_char'),
    ("yaml-unclosed-bracket", qwen("[ 512, 768, 1024 ]", "[ 512, 768, 1024"), "[ 512"),
    ("yaml-no-colon", qwen("steps: 3400", "steps 3400"), "steps 3400"),
    ("yaml-quote-inside", qwen('"maya_char"', "'maya's char'"), "maya's"),
    ("nbsp-in-key", qwen("        lr: 2e-4", "        \u00a0lr: 2e-4"), "lr: 2e-4"),
    ("duplicate-key", qwen("        steps: 3400", "        lr: 1e-5\n        steps: 3400"), "lr: 2e-4"),
    ("unknown-tag", qwen('"maya_char"', "!!python/object:os.system x"), "!!python"),
    ("quoted-number", qwen("lr: 2e-4", 'lr: "2e-4"'), "lr: "),
    ("quoted-number", qwen("steps: 3400", 'steps: "3400"'), "steps:"),
    ("quoted-rate", qwen('"adamw8bit"\n        lr: 2e-4', 'adamw\n        lr: "2e-4"'), "lr: "),
    ("quoted-switch", qwen("quantize: true", 'quantize: "false"'), "quantize:"),
    ("wrong-type", qwen("steps: 3400", "steps: many"), "steps:"),
    ("wrong-type", qwen("steps: 3400", "steps: [3400]"), "steps:"),
    ("ignored-rate", qwen("lr: 2e-4", "learning_rate: 2e-4"), "learning_rate"),
    ("ignored-rate", qwen("lr: 2e-4", "learning_rte: 2e-4"), "learning_rte"),
    ("ignored-key", qwen("linear_alpha: 32", "rank_alpha: 32"), "rank_alpha"),
    ("ignored-key", qwen("steps: 3400", "max_train_steps: 3400"), "max_train_steps"),
    ("ignored-key", qwen("num_repeats: 2", "repeats: 2"), "repeats"),
    ("unknown-key", qwen("gradient_checkpointing", "gradient_checkpoint"), "gradient_checkpoint"),
    ("unknown-key", qwen("low_vram", "low_vrm"), "low_vrm"),
    ("no-epochs", qwen("steps: 3400", "epochs: 10"), "epochs: 10"),
    ("rate-missing", qwen("        lr: 2e-4   # as in the guide\n", ""), "train:"),
    ("dtype-missing", qwen("        dtype: bf16\n", ""), "train:"),
    ("alpha-without-effect", QWEN, "linear_alpha: 32"),
    (
        "accumulation-conflict",
        qwen("gradient_accumulation: 2", "gradient_accumulation: 2\n        gradient_accumulation_steps: 4"),
        "gradient_accumulation_steps",
    ),
    ("scheduler-rises", qwen("lr: 2e-4", "lr_scheduler: linear\n        lr: 2e-4"), "lr_scheduler"),
    ("scheduler-unknown", qwen("lr: 2e-4", "lr_scheduler: polynomial\n        lr: 2e-4"), "lr_scheduler"),
    ("resolution-multiplies", QWEN, "resolution:"),
    ("sampler-mismatch", qwen('sampler: "flowmatch"', "sampler: ddpm"), "sampler: ddpm"),
    ("model-name-typo", qwen("Qwen/Qwen-Image-Edit-2509", "Qwen/Qwen-Image-Edit2509"), "name_or_path"),
    ("model-name-typo", qwen("Qwen/Qwen-Image-Edit-2509", "qwen/qwen-image-edit-2509"), "name_or_path"),
    ("model-missing", qwen('        name_or_path: "Qwen/Qwen-Image-Edit-2509"\n', ""), "      model:"),
    ("arch-missing", qwen('        arch: "qwen_image_edit_plus"\n', ""), "name_or_path"),
    ("unknown-arch", qwen("qwen_image_edit_plus", "qwen-image-edit-plus"), "arch:"),
    ("name-not-text", qwen('"maya_v3"', "123"), "name: 123"),
    ("trigger-not-text", qwen('"maya_char"', "yes"), "trigger_word"),
    ("brace-text", qwen('"maya_char"', "{maya}"), "trigger_word"),
    ("environment-variable", qwen('"output"', "${OUT}"), "${OUT}"),
    ("placeholder-path", qwen("'D:\\data\\40_maya_char'", "/path/to/images"), "/path/to"),
    ("ui-trainer", qwen("diffusion_trainer", "ui_trainer"), "ui_trainer"),
    ("save-format", qwen("save_every: 340", "save_every: 340\n        save_format: ckpt"), "save_format"),
    (
        "trigger-while-cached",
        qwen("batch_size: 1", "batch_size: 1\n        cache_text_embeddings: true"),
        "trigger_word",
    ),
    (
        "dropout-while-cached",
        qwen("batch_size: 1", "batch_size: 1\n        cache_text_embeddings: true"),
        "caption_dropout_rate",
    ),
    (
        "unload-refused",
        qwen("qwen_image_edit_plus", "qwen_image_edit").replace(
            "batch_size: 1", "batch_size: 1\n        unload_text_encoder: true"
        ),
        "unload_text_encoder",
    ),
    ("rate-replaced", FLUX, "lr: 0.0004"),
    ("accumulation-legacy", FLUX, "gradient_accumulation_steps"),
]
KOHYA_CASES = [
    ("quoted-number", KOHYA_TOML.replace("unet_lr = 1e-4", 'unet_lr = "1e-4"'), "unet_lr"),
    ("toml-escape", KOHYA_TOML.replace("'D:\\train\\maya'", '"D:\\Users\\maya"'), "D:\\Users"),
    ("path-escape", KOHYA_TOML.replace("'D:\\train\\maya'", '"D:\\train"'), "train_data_dir"),
    ("toml-bool", KOHYA_TOML + "cache_latents = True\n", "cache_latents"),
    ("toml-bare-word", KOHYA_TOML + "sample_prompts = some file.txt\n", "sample_prompts"),
    ("toml-colon", KOHYA_TOML + "seed: 42\n", "seed"),
    ("toml-duplicate", KOHYA_TOML + "network_dim = 8\n", "network_dim = 8"),
    ("toml-float-digit", KOHYA_TOML + "noise_offset = .1\n", "noise_offset"),
    ("toml-unclosed-quote", KOHYA_TOML + 'log_prefix = "abc\n', "log_prefix"),
    ("toml-unclosed-bracket", KOHYA_TOML + "network_args = ['a=1'\n", "network_args"),
    ("toml-syntax", KOHYA_TOML + "just words\n", "just words"),
    ("ignored-rate", KOHYA_TOML.replace("unet_lr = 1e-4", "lr = 1e-4"), "lr = 1e-4"),
    ("ignored-key", KOHYA_TOML.replace("network_dim = 32", "rank = 32"), "rank = 32"),
    ("ignored-key", KOHYA_TOML.replace("max_train_epochs", "epochs"), "epochs = 10"),
    ("epochs-win", KOHYA_TOML + "max_train_steps = 100\n", "max_train_steps"),
    ("alpha-default", KOHYA_TOML, "network_dim"),
    ("folder-is-repeat-folder", KOHYA_TOML.replace("\\maya'", "\\10_maya woman'"), "10_maya"),
    ("caption-extension-default", KOHYA_TOML.replace('caption_extension = ".txt"\n', ""), "train_data_dir"),
    ("rate-missing-kohya", KOHYA_TOML.replace("unet_lr = 1e-4\n", ""), "network_dim"),
    ("text-cache-conflict", KOHYA_TOML + "cache_text_encoder_outputs = true\nshuffle_caption = true\n", "shuffle"),
    ("latent-cache-conflict", KOHYA_TOML + "cache_latents = true\nrandom_crop = true\n", "random_crop"),
    ("precision-conflict", KOHYA_TOML.replace("fp16", "bf16") + "full_fp16 = true\n", "full_fp16"),
    ("unrecognized-argument", KOHYA_COMMAND.replace("--network_dim 32", "--rank 32"), "--rank"),
    ("switch-with-value", KOHYA_COMMAND.replace("--xformers", "--xformers true"), "--xformers"),
    ("continuation-space", KOHYA_COMMAND.replace('sdxl.safetensors" \\', 'sdxl.safetensors" \\ '), "sdxl.safetensors"),
    ("crlf-in-value", "['python', 'train_network.py', '--network_dim=8', '--network_module=x\\r']", "python"),
    ("dataset-extra-key", DATASET_TOML + "  unheard_of_thing = 1\n", "unheard_of"),
    ("dataset-extra-key", DATASET_TOML.replace("[general]", "network_dim = 4\n[general]"), "network_dim"),
    ("dataset-key-typo", DATASET_TOML.replace("num_repeats", "num_repeat"), "num_repeat"),
    ("dataset-key-level", DATASET_TOML + "  batch_size = 2\n", "  batch_size = 2"),
    ("metadata-subset-key", DATASET_TOML + "  metadata_file = 'm.json'\n", "class_tokens"),
    ("json-comment", '{\n "LoRA_type": "x", // my\n "network_dim": 4\n}', "// my"),
    ("json-trailing-comma", '{\n "LoRA_type": "x",\n "network_dim": 4,\n}', "4,"),
    ("json-missing-comma", '{\n "LoRA_type": "x"\n "network_dim": 4\n}', "network_dim"),
    ("json-escape", '{\n "LoRA_type": "x",\n "train_data_dir": "D:\\data"\n}', "D:"),
    ("json-word", '{\n "LoRA_type": "x",\n "network_dim": None\n}', "None"),
    ("json-unclosed", '{\n "LoRA_type": "x",\n "network_dim": 4\n', "4"),
    ("json-unclosed-quote", '{\n "LoRA_type": "x",\n "train_data_dir": "D:/data\n}', "D:/data"),
    ("json-syntax", '{\n "LoRA_type": "x",\n "network_dim": 4\n}}', "}}"),
]


@pytest.mark.parametrize(("kind", "text", "part"), YAML_CASES + KOHYA_CASES)
def test_seen_on_its_line(kind: str, text: str, part: str) -> None:
    seen = kinds(text)
    assert kind in seen
    assert any(part.strip("\n") in line for line in text.split("\n")[seen[kind] - 1 : seen[kind]]), seen[kind]
    assert kind in PITFALLS


@pytest.mark.parametrize(("kind", "text", "part"), [case for case in YAML_CASES if case[0].startswith("yaml-")])
def test_a_broken_config_still_shows_its_values(kind: str, text: str, part: str) -> None:
    config = read(text)
    saved = [config.values.rank == 16, config.values.learning_rate == 2e-4, config.values.batch_size == 1]
    assert config.trainer == "ai-toolkit"
    assert sum(saved) >= 2, (kind, part)
    assert config.origins["batch_size"].line == line_of(text, "batch_size: 1")


def test_ignored_rate_leaves_the_default() -> None:
    config = read(qwen("lr: 2e-4", "learning_rate: 2e-4"))
    assert config.values.learning_rate == 1e-6
    assert "learning_rate" in config.values.defaulted


def test_a_right_config_has_no_mistakes() -> None:
    for text in (QWEN, FLUX, KOHYA_TOML, KOHYA_COMMAND, DATASET_TOML):
        assert [k for k in kinds(text) if PITFALLS[k].finding] == []


def test_every_pitfall_is_observed_somewhere_and_every_observation_has_its_pitfall() -> None:
    folder = Path(package.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    named = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', source))
    assert PITFALLS.keys() <= named
    called = set(re.findall(r'(?:observe|[Pp]roblem)\(\s*"([a-z0-9-]+)"', source))
    assert called <= PITFALLS.keys()


def test_mistakes_name_a_fix() -> None:
    for pitfall in PITFALLS.values():
        assert pitfall.finding is None or pitfall.solution, pitfall.id
        assert pitfall.severity is not Severity.CRITICAL or pitfall.finding, pitfall.id


OTHER_MODELS = [
    "Qwen/Qwen-Image-Edit-2511",
    "Qwen/Qwen-Image-Edit",
    "./Qwen-Image-Edit2509",
    "C:/m/Qwen-Image-Edit2509",
    "other/qwen-image-edit-2509",
    "Qwen/Qwen-Image-Edit-2510",
    "Qwen/Qwen-Image-Edit-2509-Lightning-4steps",
    "runwayml/stable-diffusion-v1-5",
]


@pytest.mark.parametrize("name", OTHER_MODELS)
def test_other_models_are_no_typos(name: str) -> None:
    assert nearest_model(name) is None


@pytest.mark.parametrize("key", ["min_snr_gamma", "max_denoising_steps", "something_new", "cfg_scale", "lr", "x"])
def test_unrelated_keys_are_no_slips(key: str) -> None:
    assert nearest_key(key, ["max_snr_value", "min_denoising_steps", "max_cfg_scale", "lr_scheduler"]) is None
