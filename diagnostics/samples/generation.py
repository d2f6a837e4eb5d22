"""How a picture was made, in one form for every program that leaves its settings in the file.

Read from the programs' own code: AUTOMATIC1111 modules/infotext_utils.py (Forge and SD.Next write the same), ComfyUI
nodes.py (``prompt``, ``workflow``), InvokeAI invocations/metadata.py, SwarmUI T2IParamInput.cs, Fooocus meta_parser.py.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

_LONGEST_NAME = 200
_MOST_STRENGTH = 20.0
"""A strength beyond this is no strength: programs let people set -10..10."""
_ENDINGS = (".safetensors", ".ckpt", ".pt", ".bin", ".sft", ".gguf")


@dataclass(frozen=True, slots=True)
class UsedLora:
    """A LoRA that took part: its file's name without folder and ending, and its strength on the model."""

    name: str
    strength: float | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """How one picture was made. The prompt is there to be compared; it never goes into facts, notes or reports."""

    program: str
    prompt: str | None = None
    seed: int | None = None
    model: str | None = None
    loras: tuple[UsedLora, ...] = ()


def parsed(text: str) -> Any:
    """Return the JSON value of `text`, None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def lora(name: object, strength: object) -> UsedLora | None:
    """Return a LoRA by its file name and strength, None where the name is none."""
    base = file_stem(name)
    return UsedLora(base, number(strength)) if base else None


def file_stem(name: object) -> str | None:
    """Return the name of a model file without folder and ending; folders name people."""
    if not isinstance(name, str):
        return None
    base = PurePosixPath(name.replace("\\", "/")).name.strip()
    for ending in _ENDINGS:
        if base.lower().endswith(ending):
            base = base[: -len(ending)]
    return base[:_LONGEST_NAME] if base and base.lower() != "none" else None


def number(value: object) -> float | None:
    """Return a strength, None for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return round(found, 4) if math.isfinite(found) and abs(found) <= _MOST_STRENGTH else None


def whole(value: object) -> int | None:
    """Return a seed, None for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        found = int(value)
    except ValueError:
        return None
    return found if abs(found) < 1 << 64 else None


def text_of(value: object) -> str | None:
    """Return a prompt to compare by: white space and case do not count; None where nothing is left."""
    return " ".join(value.split()).casefold() or None if isinstance(value, str) else None
