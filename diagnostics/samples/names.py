"""What the names of samples and checkpoints say: which training step or epoch they are of.

Read from the trainers' code: ai-toolkit (``<ms>__<step:09d>_<number>``), train_util.py of sd-scripts and musubi-tuner
(``<name>_e<epoch:06d>_<number>_<time>_<seed>``), OneTrainer GenericTrainer.py (``<time>-training-sample-<step>-<epoch>-
<step of the epoch>`` in a folder ``<number> - <prompt>``), SimpleTuner validation.py
(``step_<step>_<name of the prompt>_<number>_<size>``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_SAMPLES = (
    re.compile(r"\d{10,17}__(?P<step>\d{9})_(?P<place>\d{1,4})"),
    re.compile(
        r"(?:.{0,200}_)?(?:e(?P<epoch>\d{6})|(?P<step>\d{6}))_(?P<place>\d{2,4})_\d{14}(?:_(?P<seed>\d{1,20}))?"
    ),
    re.compile(r"step_(?P<step>\d{1,9})_(?P<label>.{1,100}?)(?:_\d{1,3})?_\d{2,5}x\d{2,5}"),
    re.compile(r".{0,200}-training-sample-(?P<step>\d{1,9})-(?P<epoch>\d{1,6})-\d{1,9}"),
)
_FOLDER = re.compile(r"(?P<place>\d{1,3}) - .{0,300}")
_CHECKPOINTS = (
    re.compile(r"(?P<run>.{1,200})-step(?P<step>\d{8})"),
    re.compile(r"(?P<run>.{1,200}?)(?:_LoRA)?_(?P<step>\d{9})"),
    re.compile(r"(?P<run>.{1,200})-(?P<epoch>\d{6})"),
    re.compile(r"(?P<run>.{0,200})-save-(?P<step>\d{1,9})-(?P<epoch>\d{1,6})-\d{1,9}"),
    # people's own names for the same
    re.compile(r"(?P<run>.{1,200}?)[-_ ]?(?:ep|epoch|e)[-_ ]?(?P<epoch>\d{1,3})", re.IGNORECASE),
    re.compile(r"(?P<run>.{1,200}?)[-_ ]?(?:step|steps|st|s)[-_ ]?(?P<step>\d{2,6})", re.IGNORECASE),
)
_GRID = re.compile(r"(?i)(?:xyz?_)?grid[-_ ]?\d|.*\b(?:xyz?_)?(?:grid|contact.?sheet)\b")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBERS = re.compile(r"[\d\-_ ]*\d")
_MOST_WORDS = 4
_SHARED_WORDS = 2


@dataclass(frozen=True, slots=True)
class SampleName:
    """What a sample's name says. `place` is the number or name of its prompt in the trainer's list."""

    step: int | None = None
    epoch: int | None = None
    place: int | str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class CheckpointName:
    """A LoRA file's name, divided. Without step and epoch it is a trainer's name for the last checkpoint."""

    run: str
    step: int | None = None
    epoch: int | None = None


def read_sample_name(name: str) -> SampleName | None:
    """Return what a trainer's name for a sample says, None for any other name."""
    path = PurePosixPath(name)
    for pattern in _SAMPLES:
        match = pattern.fullmatch(path.stem)
        if match:
            said = match.groupdict()
            folder = _FOLDER.fullmatch(path.parent.name)
            place = said.get("place") or (folder.group("place") if folder else None)
            return SampleName(
                _whole(said.get("step")),
                _whole(said.get("epoch")),
                _whole(place) if place else said.get("label"),
                _whole(said.get("seed")),
            )
    return None


def read_checkpoint_name(name: str) -> CheckpointName:
    """Return run, step and epoch of a LoRA file by its name without ending."""
    for pattern in _CHECKPOINTS:
        match = pattern.fullmatch(name)
        if match:
            said = match.groupdict()
            return CheckpointName(said["run"] or name, _whole(said.get("step")), _whole(said.get("epoch")))
    return CheckpointName(name.removesuffix("_LoRA"))


def _whole(digits: str | None) -> int | None:
    return int(digits) if digits else None


def is_grid(name: str) -> bool:
    """Tell whether a picture is a sheet of many, by the names that programs give those."""
    return _GRID.match(PurePosixPath(name).stem) is not None


def shown_name(name: str, prompt: str | None) -> str:
    """Return a file's name without folders and without the prompt that some programs write into it."""
    path = PurePosixPath(name)
    words = [word.casefold() for word in _WORD.findall(path.stem)]
    asked = " ".join(_WORD.findall(prompt.casefold())) if prompt else ""
    pairs = (" ".join(words[at : at + _SHARED_WORDS]) for at in range(len(words) - _SHARED_WORDS + 1))
    if read_sample_name(name) or (len(words) <= _MOST_WORDS and not (asked and any(pair in asked for pair in pairs))):
        return path.name
    numbers = _NUMBERS.match(path.stem)
    return f"{numbers.group(0).strip('-_ ') if numbers else ''}…{path.suffix}"
