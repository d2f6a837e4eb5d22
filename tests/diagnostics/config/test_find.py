"""Configs inside other text, with lines that hold in that text."""

from __future__ import annotations

import pytest

from diagnostics.bundle import Document, Kind
from diagnostics.config import find_configs, looks_like_config, read_config
from tests.diagnostics.config.examples import ALL, DATASET_TOML, KOHYA_COMMAND, KOHYA_GUI, KOHYA_TOML, QWEN, line_of


def find(text: str, first_line: int = 1, name: str = "message") -> list[Document]:
    found = find_configs(Document(name, Kind.PROSE, text, first_line))
    for part in found:
        assert part.kind is Kind.CONFIG
        assert part.name == name
        start = part.first_line - first_line
        assert part.lines[0] in text.split("\n")[start]
    return found


@pytest.mark.parametrize("name", ALL)
def test_fenced(name: str) -> None:
    text = f"hi, this is my config:\n\n```yaml\n{ALL[name]}```\nwhat is wrong?\n"
    (found,) = find(text)
    assert found.first_line == 4
    assert found.text == ALL[name]


def test_lines_add_up() -> None:
    text = f"one\ntwo\n```\n{QWEN}```"
    (found,) = find(text, first_line=10)
    config = read_config(found)
    assert config is not None
    assert config.origins["rank"].line == 9 + line_of(text, "linear: 16")


@pytest.mark.parametrize("mark", ["\\", "^", "`"])
def test_command_over_several_lines(mark: str) -> None:
    command = KOHYA_COMMAND.replace("\\\n", f"{mark}\n")
    (found,) = find(f"I run this\n\n{command}\nand get an error, why? --help did not help\n")
    config = read_config(found)
    assert config is not None
    assert (found.first_line, config.values.rank, config.values.steps) == (3, 32, 1600)


BEGINNINGS = [
    "!accelerate launch ",
    "$ accelerate launch ",
    "11:55:34-456850 INFO     accelerate launch ",
    "python ",
    "",
    "I ran `python ",
]


@pytest.mark.parametrize("start", BEGINNINGS)
def test_command_beginnings(start: str) -> None:
    end = "` bye" if "`" in start else ""
    (found,) = find(f"hello\n{start}flux_train_network.py --network_module networks.lora_flux --network_dim=64{end}\nx")
    config = read_config(found)
    assert config is not None
    assert (config.trainer, config.values.rank, config.values.arch) == ("sd-scripts", 64, "flux")


def test_argument_list_of_a_crashed_launcher() -> None:
    arguments = [
        r"C:\py\python.exe",
        "train_network.py",
        "--network_dim=8",
        "--unet_lr",
        "1e-4",
        r"--train_data_dir=C:\img",
    ]
    error = f"subprocess.CalledProcessError: Command '{arguments}' returned non-zero exit status 1."
    text = f"Traceback (most recent call last):\n  File x\n{error}\n"
    (found,) = find(text)
    config = read_config(found)
    assert config is not None
    assert found.first_line == 3
    assert (config.values.rank, config.values.learning_rate) == (8, 1e-4)
    assert config.values.dataset_paths == ("C:\\img",)


def test_process_object_in_a_log() -> None:
    printed = (
        '{\n    "type": "sd_trainer",\n    "trigger_word": "a } b",\n    "train": {\n        "lr": 0.0001\n    }\n}'
    )
    log = f"Running 1 job\n{printed}\nUsing EMA\n#############\n# Running job: x\n"
    (found,) = find(log, name="log.txt")
    config = read_config(found)
    assert config is not None
    assert found.text == printed
    assert config.origins["learning_rate"].line == line_of(log, '"lr"')


def test_bare_yaml_in_a_message() -> None:
    block = (
        "network:\n  type: lora\n  linear: 16\n  linear_alpha: 16\ntrain:\n  batch_size: 1\n  lr: 1e-4\n  steps: 2000\n"
    )
    (found,) = find(f"Faces are wrong. Here is part of my config\n\n{block}\nAny ideas?\n")
    config = read_config(found)
    assert config is not None
    assert (found.first_line, config.values.rank, config.values.learning_rate) == (3, 16, 1e-4)


@pytest.mark.parametrize("text", [KOHYA_GUI, KOHYA_TOML, DATASET_TOML])
def test_bare_files_in_a_message(text: str) -> None:
    (found,) = find(f"please look at this\n\n{text}\nthanks a lot, I am lost here.\n")
    assert read_config(found) is not None


@pytest.mark.parametrize(
    "text",
    [
        "my lora has plastic skin, I used lr 1e-4",
        "Error: foo\nINFO: bar\nWARNING: baz\nnote: x\n",
        "steps:   3%|▎ | 100/3000 [01:00<30:00, 1.00it/s, avr_loss=0.1]\n" * 5,
        'Traceback (most recent call last):\n  File "train_network.py", line 1\nValueError: x\n',
        "```python\nprint('hi')\n```",
        "GPU: 4090\nVRAM: 24 GB\nOS: Windows\nbatch size: 1\n",
    ],
)
def test_nothing_to_find(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize("name", ALL)
def test_whole_configs_look_like_configs(name: str) -> None:
    assert looks_like_config(ALL[name])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "My config:\n```yaml\n" + QWEN + "```\nplease help me with this, I do not know what to do",
        "a: b\nc: d\n",
    ],
)
def test_other_text_does_not(text: str) -> None:
    looks = looks_like_config(text)
    assert not looks or "```" in text
