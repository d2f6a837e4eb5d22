"""Small sound inputs of every kind that is read, from the tests' own data and the libraries that write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.conftest import ROOT
from tests.diagnostics.intake.packing import ARCHIVES, SINGLE

_CORPUS = ROOT / "tests/fuzz/corpus"
_TRAINERS = ROOT / "tests/diagnostics/trainers/data"
_CONFIGS = (".yaml", ".toml", ".json", ".sh")
Files = Mapping[str, bytes]
LARGEST = 8_000
_LOSSES = [0.5 / (step + 1) for step in range(30)]
_JSON_CONFIG = {
    "job": "extension",
    "config": {
        "name": "mia",
        "process": [
            {
                "type": "sd_trainer",
                "network": {"type": "lora", "linear": 16, "linear_alpha": 16},
                "datasets": [{"folder_path": "data", "caption_ext": "txt", "resolution": [512, 1024]}],
                "train": {"batch_size": 1, "steps": 3000, "lr": 1e-4, "optimizer": "adamw8bit"},
                "model": {"name_or_path": "Qwen/Qwen-Image", "quantize": True},
            }
        ],
    },
}
_GUI_CONFIG = {"LoRA_type": "Standard", "pretrained_model_name_or_path": "x", "network_dim": 8, "learning_rate": 1e-4}
_JSON_CONFIGS = (_JSON_CONFIG, _GUI_CONFIG)


@dataclass(frozen=True)
class Seed:
    """One sound bundle: what sort of input it is, the person's words, and the files by name."""

    kind: str
    files: Files
    message: str = ""


@cache
def seeds() -> tuple[Seed, ...]:
    """Return the corpus; the same in every run."""
    trainers = sorted(path for path in _TRAINERS.rglob("*") if path.is_file() and path.name != "expected.yaml")
    logs = sorted([*(ROOT / "tests/diagnostics/log/data").glob("*.log"), *_TRAINERS.glob("*/log.txt")])
    bundles = [*(ROOT / "tests/bundles").rglob("*"), *(ROOT / "examples").rglob("*")]
    parts = sorted(path for path in bundles if path.is_file() and path.parent.name not in ("bundles", "examples"))
    messages = sorted([*(ROOT / "tests/bundles").glob("*.txt"), *(ROOT / "examples").glob("*.txt")])
    log, config = logs[0].read_bytes()[:2_000], (ROOT / "tests/bundles/healthy/config.yaml").read_bytes()
    run = {"run/log.txt": log, "run/config.yaml": config}
    found = [Seed("log", {"log.txt": _both_ends(path)}) for path in (*logs, *(p for p in parts if p.name == "log.txt"))]
    found += [
        Seed("config", {path.name: path.read_bytes()[:LARGEST]})
        for path in (*parts, *trainers)
        if path.suffix in _CONFIGS
    ]
    found += [
        Seed("config", {"config.json": json.dumps(value, indent=2).encode()}) for value in (_JSON_CONFIG, _GUI_CONFIG)
    ]
    found += [Seed("message", {}, path.read_text(encoding="utf-8")[:LARGEST]) for path in messages]
    found += [Seed("message", {}, f"what is wrong?\n```yaml\n{config.decode()}```\n{log.decode()}")]
    found += [Seed("archive", {f"run.{kind}": pack(run)}) for kind, pack in ARCHIVES.items()]
    found += [Seed("archive", {f"log.txt.{kind}": pack(log)}) for kind, pack in SINGLE.items()]
    nested = {"in.tar.gz": ARCHIVES["tar.gz"](run), "a.xz": SINGLE["xz"](log)}
    found += [Seed("archive", {"all.zip": ARCHIVES["zip"](nested)})]
    found += [Seed("events", {path.name: path.read_bytes()}) for path in sorted(_CORPUS.glob("*.tfevents"))]
    found += [Seed("database", files) for files in _databases()]
    found += [Seed("table", files) for files in _tables()]
    return tuple(found)


def _both_ends(path: Path) -> bytes:
    data = path.read_bytes()
    return data if len(data) <= LARGEST else data[: LARGEST // 2] + data[-LARGEST // 2 :]


def _databases() -> list[Files]:
    folders = sorted(path for path in _CORPUS.iterdir() if path.is_dir())
    return [{path.name: path.read_bytes() for path in sorted(folder.iterdir())} for folder in folders]


def _tables() -> list[Files]:
    lines = "".join(json.dumps({"step": n, "metrics": {"train_loss": loss}}) + "\n" for n, loss in enumerate(_LOSSES))
    state = {"log_history": [{"step": n, "loss": loss, "learning_rate": 1e-4} for n, loss in enumerate(_LOSSES)]}
    wandb = '"Step","run-7 - loss/current","run-7 - loss/current__MIN"\n' + "".join(
        f'"{n}","{loss}","{loss}"\n' for n, loss in enumerate(_LOSSES)
    )
    keys = "step,key,value\n" + "".join(f"{n},loss,{loss}\n" for n, loss in enumerate(_LOSSES))
    return [
        {"history.jsonl": lines.encode()},
        {"trainer_state.json": json.dumps(state, indent=2).encode()},
        {"wandb.csv": wandb.encode()},
        {"loss.csv": keys.encode()},
    ]
