"""Run facts that single lines of a log state: what they are, and how each trainer and library prints them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from diagnostics.bundle import Evidence

_GIB = {"bytes": 1 / 2**30, "KiB": 1 / 2**20, "MiB": 1 / 2**10, "GiB": 1.0, "TiB": 1024.0, "MB": 1 / 2**10, "GB": 1.0}
_SIZE = r"([\d.]+) ?(bytes|KiB|MiB|GiB|TiB|MB|GB)"
_ARTEFACT = 1e6
"""GiB; Windows prints UINT64 -1 as 17179869184.00 GiB for memory it cannot tell."""


@dataclass(frozen=True, slots=True)
class _Line:
    fact: str
    pattern: re.Pattern[str]
    value: Callable[[re.Match[str]], object]
    trigger: str
    """A literal that must be in the line: most lines are passed over by this alone."""
    last: bool = False
    """True where a later line replaces an earlier one."""


def _size(match: re.Match[str]) -> float | None:
    value = float(match[1]) * _GIB[match[2]]
    return round(value, 2) if value < _ARTEFACT else None


def _whole(match: re.Match[str]) -> int:
    return int(match[1])


def _number(match: re.Match[str]) -> float:
    return float(match[1])


def _text(match: re.Match[str]) -> str:
    return match[1].strip()


def _line(fact: str, trigger: str, pattern: str, value: Callable[[re.Match[str]], object], last: bool = False) -> _Line:
    return _Line(fact, re.compile(pattern), value, trigger, last)


_LINES = (
    _line("vram_gib", "total capaci", rf"capaci?ty of {_SIZE}", _size),
    _line("vram_gib", "total capacity;", rf"{_SIZE} total capacity;", _size),
    _line("vram_gib", "VRAM ", r"\bVRAM (\d+) ?(MB)", _size),
    _line("vram_free_gib", " free", rf"of which {_SIZE} is free", _size),
    _line("vram_free_gib", " free;", rf"{_SIZE} free;", _size),
    _line("vram_requested_gib", "Tried to allocate", rf"Tried to allocate {_SIZE}", _size),
    _line("gpu", "CUDA capability sm_", r"((?:NVIDIA )?[\w ]{3,60}) with CUDA capability sm_", _text),
    _line("gpu", "detected GPU", r"detected GPU: ([\w \[\]()-]{3,60}?) VRAM", _text),
    _line("gpu", "GeForce", r"((?:NVIDIA )?GeForce (?:RTX|GTX) ?\d{3,4}(?: ?(?:Ti|SUPER|Laptop GPU))*)", _text),
    _line("images", "Found ", r"Found (\d+) images\b", _whole),
    _line("images", "contains ", r"contains (\d+) image files", _whole),
    _line("images", "images found", r"Folder [^:]+: (\d+) images found", _whole),
    _line("images", "num train items", r"num train items[^:]*: (\d+)", _whole),
    _line("images_with_repeats", "num train images", r"num train images \* repeats[^:]*: (\d+)", _whole),
    _line("images_with_repeats", "train images with repeat", r"(\d+) train images with repeat", _whole),
    _line("epochs", "num epochs", r"num epochs[^:=]*[:=] (\d+)", _whole),
    _line("epochs", "Num Epochs", r"Num Epochs = (\d+)", _whole),
    _line("last_epoch", "epoch ", r"^\s*epoch (\d+)/\d+", _whole, last=True),
    _line("steps", "total optimization steps", r"[Tt]otal optimization steps[^:=]*[:=] ?(\d+)", _whole),
    _line("steps", "max_train_steps", r"max_train_steps(?: \([^)]*\))? = (\d+)", _whole),
    _line("batch_size", "batch size per device", r"batch size per device[^:=]*[:=] ?(\d+)", _whole),
    _line("rank", "base dim (rank)", r"base dim \(rank\): (\d+)", _whole),
    _line("alpha", "base dim (rank)", r"alpha: ([\d.]+)", _number),
    _line("resumed_from", "Found step", r"Found step (\d+) in metadata", _whole),
    _line("torch_version", "orch", r"\b[Tt]orch(?:==| version:? | )v?(\d+\.\d+\.\d+[\w.+]*)", _text),
    _line("cuda_version", "CUDA ", r"\bCUDA (\d{2}\.\d)\b", _text),
    _line("python_version", "Python ", r"\bPython (\d\.\d+\.\d+)", _text),
    _line("trainer_version", "version", r"Kohya_ss GUI version: (v[\d.]+)", _text),
    _line("last_checkpoint_step", "Saving at step", r"Saving at step (\d+)", _whole, last=True),
    _line("last_checkpoint_step", "-step", r"saving checkpoint: .*-step(\d+)\.", _whole, last=True),
    _line("exit_status", "exit", r"(?:exit status|exit code|exitcode *:|return code =) ?(-?\d+)", _whole),
)
_OTHER_PROCESS = re.compile(rf"Process \d+ has {_SIZE} memory in use")
_SAVED = re.compile(
    r"Saved checkpoint to |saving checkpoint: |Saved state to |Saving model to directory |^Saving .*\.safetensors"
)
_SAMPLED = re.compile(r"generating sample images at step|^Generating (?:Samples|Images)\b.*100%")
_FINISHED = re.compile(r"model saved\.|TRAINING COMPLETE!|- [1-9]\d* completed jobs?")
_PHASES = (
    ("saving", re.compile(r"(?i)^\s*saving (?:at|checkpoint|model)")),
    ("sampling", re.compile(r"(?i)generating (?:samples|images|baseline)|generating sample images")),
    ("caching", re.compile(r"(?i)caching (?:latents|text)")),
    ("loading", re.compile(r"(?i)loading (?:checkpoint|pipeline|transformer|vae|text|u-net|model|dit)|quantizing")),
)


class FactReader:
    """Collects run facts and the line that shows each."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.values: dict[str, object] = {}
        self.origins: dict[str, Evidence] = {}
        self.checkpoints = 0
        self.samples = 0
        self.phase: str | None = None

    def feed(self, number: int, text: str) -> None:
        """Take one line."""
        for line in _LINES:
            if line.trigger in text and (line.last or line.fact not in self.values):
                match = line.pattern.search(text)
                value = line.value(match) if match else None
                if value is not None:
                    self.put(line.fact, value, number, text)
        if "memory in use" in text and (others := list(_OTHER_PROCESS.finditer(text))):
            sizes = [size for match in others if (size := _size(match)) is not None]
            if sizes:
                self.put("vram_other_gib", round(sum(sizes), 2), number, text)
        if _SAVED.search(text):
            self.checkpoints += 1
        if _SAMPLED.search(text):
            self.samples += 1
        if _FINISHED.search(text):
            self.put("finished", True, number, text)
        for phase, pattern in _PHASES:
            if pattern.search(text):
                self.phase = phase

    def put(self, fact: str, value: object, number: int, text: str) -> None:
        """Set a fact that the line shows."""
        self.values[fact] = value
        self.origins[fact] = Evidence(self._name, number, text.strip()[:200])
