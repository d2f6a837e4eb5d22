"""Runs of three trainers as they lie on a disk, with a dataset beside them."""

import io
import json
import random
import struct
import zipfile
from functools import cache
from pathlib import Path

from bot.collect.lora_triage_collect import main
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Report
from tests.diagnostics.pictures.files import SVG, exif, heic, saved, scene

LOG = "".join(
    f"mia:  {n}%|#| {n}/100 [00:{n % 60:02d}<01:00,  1.00it/s, lr: 1.0e-04 loss: {0.5 - n / 250:.3e}]\n"
    for n in range(100)
)
AI_TOOLKIT = """job: extension
config:
  name: mia
  process:
    - type: sd_trainer
      training_folder: output
      trigger_word: mia_char
      network: {{type: lora, linear: 16, linear_alpha: 16}}
      save: {{save_every: 250}}
      datasets:
        - folder_path: "{data}"
          caption_ext: txt
          resolution: [512, 768, 1024]
      train: {{batch_size: 1, steps: 3000, lr: 1.0e-4, optimizer: adamw8bit, noise_scheduler: flowmatch, dtype: bf16}}
      model: {{name_or_path: Qwen/Qwen-Image-Edit-2509, arch: qwen_image_edit_plus}}
"""
KOHYA = """pretrained_model_name_or_path = "sd_xl_base_1.0.safetensors"
train_data_dir = "{data}"
output_dir = "{run}"
logging_dir = "{run}/logs"
network_module = "networks.lora"
network_dim = 16
network_alpha = 8
learning_rate = 0.0001
max_train_epochs = 10
train_batch_size = 2
resolution = "1024,1024"
mixed_precision = "bf16"
"""


def dataset(folder: Path, trigger: str = "mia_char") -> None:
    """Write fourteen pictures of every sort that a finding is made of, with captions, an orphan and an extra file."""
    folder.mkdir(parents=True)
    for number in range(6):
        (folder / f"{number}.png").write_bytes(_png(number))
        (folder / f"{number}.txt").write_text(f"{trigger}, smiling, picture {number}")
    files = {
        "small.jpg": saved(scene(20, (300, 400)), "JPEG"),
        "turned.jpg": saved(scene(21, (1100, 1200)), "JPEG", exif=exif(6)),
        "cut.png": (folder / "1.png").read_bytes()[:-5_000],
        "twin.png": (folder / "2.png").read_bytes(),
        "wrong.png": saved(scene(22, (1100, 1100)), "WEBP"),
        "phone.heic": heic(),
        "drawing.svg": SVG,
        "zeros.png": bytes(2_000),
        "bad name é.jpg": saved(scene(23, (1200, 1200)), "JPEG"),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        if name not in ("small.jpg", "drawing.svg"):
            (folder / name).with_suffix(".txt").write_text(
                f"a photo of {trigger}" if name < "t" else f"{trigger}, standing"
            )
    (folder / "turned.txt").write_text("")
    (folder / "left over.txt").write_text(trigger)
    (folder / "notes.md").write_text("to do")
    (folder / "0.npz").write_bytes(b"PK")


@cache
def _png(number: int) -> bytes:
    return saved(scene(number, (1024, 1152)), compress_level=1)


def samples(folder: Path, count: int = 3) -> None:
    """Write samples as ai-toolkit names them."""
    folder.mkdir(parents=True)
    for number in range(count):
        name = f"1700000000__{number * 250:09d}_0.jpg"
        (folder / name).write_bytes(saved(scene(500 + number, (256, 256)), "JPEG"))


def ai_toolkit(home: Path) -> Path:
    """Write a run of ai-toolkit, its dataset inside `home`, and return the run's folder."""
    run = home / "output" / "mia"
    samples(run / "samples")
    dataset(home / "data" / "mia")
    (run / "config.yaml").write_text(AI_TOOLKIT.format(data=home / "data" / "mia"))
    (run / "log.txt").write_text(LOG)
    return run


def kohya(home: Path) -> Path:
    """Write a run of sd-scripts: one folder of the dataset a subject, an event file in its logs."""
    run, data = home / "output" / "mia", home / "data" / "img"
    dataset(data / "40_mia_char", "mia_char")
    dataset(data / "20_mia_char_realbody", "mia_char realistic_body")
    samples(run / "sample")
    (run / "config.toml").write_text(KOHYA.format(data=data, run=run))
    logs = run / "logs" / "20250101120000" / "network_train"
    logs.mkdir(parents=True)
    (logs / "events.out.tfevents.1735732800.martas-rig.4711.0").write_bytes(events(300))
    return run


def onetrainer(home: Path) -> Path:
    """Write a workspace of OneTrainer inside its program folder, concepts in a file that is named relative to that."""
    trainer = home / "OneTrainer"
    run = trainer / "workspace" / "mia"
    dataset(home / "data" / "mia")
    samples(run / "samples" / "0 - mia_char smiling")
    (trainer / "modules" / "util" / "config").mkdir(parents=True)
    (trainer / "modules" / "util" / "config" / "TrainConfig.py").write_text("")
    (trainer / "training_concepts").mkdir()
    concepts = [{"name": "mia", "path": str(home / "data" / "mia"), "enabled": True, "balancing": 4.0,
                 "include_subdirectories": False, "type": "STANDARD"}]  # fmt: skip
    (trainer / "training_concepts" / "concepts.json").write_text(json.dumps(concepts, indent=4))
    (run / "config").mkdir()
    (run / "config" / "2025-01-01_12-00-00.json").write_text(json.dumps(ONETRAINER, indent=4))
    board = run / "tensorboard" / "2025-01-01_12-00-00"
    board.mkdir(parents=True)
    (board / "events.out.tfevents.1735732800.martas-rig.4711.0").write_bytes(events(300, "loss/train_step"))
    return run


ONETRAINER = {
    "__version": 6,
    "training_method": "LORA",
    "model_type": "STABLE_DIFFUSION_XL_10_BASE",
    "base_model_name": "stabilityai/stable-diffusion-xl-base-1.0",
    "concept_file_name": "training_concepts/concepts.json",
    "learning_rate": 0.0003,
    "learning_rate_scheduler": "CONSTANT",
    "epochs": 20,
    "batch_size": 2,
    "resolution": "1024",
    "lora_rank": 16,
    "lora_alpha": 1.0,
    "output_model_destination": "models/mia.safetensors",
}


def _record(event: bytes) -> bytes:
    return struct.pack("<QI", len(event), 0) + event + bytes(4)


def _part(number: int, data: bytes) -> bytes:
    length, size = len(data), bytearray()
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return bytes([number << 3 | 2]) + bytes(size) + data


def event(step: int, *values: bytes) -> bytes:
    """Return a record of an event with a step (below 128) or more, and `values` of its summary."""
    number, step_bytes = step, bytearray()
    while True:
        step_bytes.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            break
    summary = b"".join(_part(1, value) for value in values)
    return _record(b"\x09" + struct.pack("<d", 1.7e9) + b"\x10" + bytes(step_bytes) + _part(5, summary))


def scalar(tag: str, value: float) -> bytes:
    """Return a value of a summary that is a number."""
    return _part(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def written(tag: str, text: str) -> bytes:
    """Return a value of a summary that is a text, as `add_text` writes it."""
    tensor = b"\x08\x07" + _part(8, text.encode())
    return _part(1, tag.encode()) + _part(9, _part(1, _part(1, b"text"))) + _part(8, tensor)


def picture(tag: str, data: bytes) -> bytes:
    """Return a value of a summary that is a picture."""
    return _part(1, tag.encode()) + _part(4, _part(4, data))


def events(count: int, tag: str = "loss/current", others: bytes = b"") -> bytes:
    """Return a TensorBoard event file with a falling loss and `others` in its middle."""
    noise = random.Random(1)
    first = _record(b"\x09" + struct.pack("<d", 1.7e9) + _part(3, b"brain.Event:2"))
    rows = [event(n, scalar(tag, 0.2 - 0.1 * n / count + noise.uniform(-0.02, 0.02))) for n in range(count)]
    return first + b"".join(rows[: count // 2]) + others + b"".join(rows[count // 2 :])


def packed(run: Path, target: Path, *more: str) -> dict[str, bytes]:
    """Collect `run` into `target` and return what is in the zip."""
    assert main([str(run), "--yes", "-o", str(target), *more]) == 0
    with zipfile.ZipFile(target) as made:
        assert made.testzip() is None
        return {name: made.read(name) for name in made.namelist()}


def reported(diagnostician: Diagnostician, *paths: Path) -> Report:
    """Diagnose files and folders as `lora-triage diagnose` does."""
    from bot.inputs import collect

    return diagnostician.diagnose(collect([str(path) for path in paths], ""))


def zipped(files: dict[str, str]) -> bytes:
    """Return a zip of `files`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return buffer.getvalue()
