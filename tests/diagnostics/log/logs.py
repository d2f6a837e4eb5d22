"""Short logs in the format of each trainer, for the tests."""

import math
from pathlib import Path

import yaml

from diagnostics.bundle import Document, Kind

ESC = "\x1b"


def document(text: str, name: str = "log.txt", first_line: int = 1) -> Document:
    return Document(name, Kind.LOG, text, first_line)


def bar(description: str, step: int, total: int, postfix: str, rate: str = "2.00s/it") -> str:
    return f"{description}:  {100 * step // total}%|█         | {step}/{total} [00:10<01:00,  {rate}{postfix}]"


def refreshes(description: str, total: int, losses: dict[int, float], form: str) -> str:
    """Two refreshes a step, as tqdm makes them: the second is the one that counts."""
    parts = []
    for step, loss in losses.items():
        text = form.format("nan" if math.isnan(loss) else f"{loss:.3g}")
        parts += [bar(description, step, total, ", old"), bar(description, step, total, f", {text}")]
    return "\r".join(parts)


LOSSES = {1: 0.2, 2: 0.15, 3: 0.12}
AI_TOOLKIT = "\n".join(
    [
        "Running 1 job",
        "# Running job: maya_v1",
        "create LoRA network. base dim (rank): 32, alpha: 16",
        "Dataset: /data/maya",
        "  -  Found 25 images",
        "Caching latents to disk: 100%|██████████| 25/25 [00:10<00:00,  2.50it/s]",
        refreshes("maya_v1", 3000, LOSSES, "lr: 1.0e-04 loss: {}"),
        "Generating Samples:  50%|█████     | 1/2 [00:10<00:10, 10.00s/it]",
        "Saving at step 250",
        "Saved checkpoint to output/maya_v1/maya_v1_000000250.safetensors",
    ]
)
SD_SCRIPTS = "\n".join(
    [
        "running training / 学習開始",
        "  num train images * repeats / 学習画像の数×繰り返し回数: 150",  # noqa: RUF001
        "  num epochs / epoch数: 20",
        "  batch size per device / バッチサイズ: 2",
        "  total optimization steps / 学習ステップ数: 1500",
        "epoch 1/20",
        refreshes("steps", 1500, LOSSES, "avr_loss={}"),
        "saving checkpoint: /out/x-000001.safetensors",
        "model saved.",
    ]
)
ONE_TRAINER = "\n".join(
    [
        f"epoch:   0%|          | 0/2 [00:00<?, ?it/s]{ESC}[A",
        refreshes("step", 3, LOSSES, "loss={}, smooth loss=0.2"),
        refreshes("step", 3, LOSSES, "loss={}, smooth loss=0.2") + f"{ESC}[A",
    ]
)
DEEPSPEED = "\n".join(
    f"steps: {step} loss: {loss:.4f} iter time (s): 3.456 samples/sec: 0.289" for step, loss in LOSSES.items()
)
SIMPLE_TUNER = "Total optimization steps = 100\n" + refreshes("Epoch 1/10, Steps", 100, LOSSES, "lr=1e-5, step_loss={}")
DIFFUSERS = "\n".join(
    [
        "01/01/2025 10:00:00 - INFO - __main__ - ***** Running training *****",
        "  Num Epochs = 4",
        refreshes("Steps", 100, LOSSES, "loss={}, lr=0.0001"),
    ]
)
PLAIN = "\n".join(f"scepter [INFO] iter: [{50 * n}/210000], loss: {v}(0.2), lr: 0.0001" for n, v in LOSSES.items())

DATA = Path(__file__).parent / "data"
TRAINERS = Path(__file__).parents[1] / "trainers" / "data"
LOGS = {
    "ai-toolkit": AI_TOOLKIT,
    "sd-scripts": SD_SCRIPTS,
    "onetrainer": ONE_TRAINER,
    "deepspeed": DEEPSPEED,
    "simpletuner": SIMPLE_TUNER,
    "diffusers": DIFFUSERS,
    "plain": PLAIN,
    **{path.name: path.read_bytes().decode("utf-8", "replace") for path in sorted(DATA.glob("**/*.log"))},
    **{f"{path.parent.name}, real format": path.read_bytes().decode() for path in sorted(TRAINERS.glob("*/log.txt"))},
}


def messages() -> list[str]:
    """Every known message of trainers and libraries."""
    listed = yaml.safe_load((DATA / "messages.yaml").read_text(encoding="utf-8"))
    return [line for lines in listed.values() for line in lines]
