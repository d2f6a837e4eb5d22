"""Run facts that single lines of a log state: what they are, and how each trainer and library prints them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from diagnostics.bundle import Evidence

_GIB = {"bytes": 1 / 2**30, "KiB": 1 / 2**20, "MiB": 1 / 2**10, "GiB": 1.0, "TiB": 1024.0, "MB": 1 / 2**10, "GB": 1.0}
_SIZE = r"(\d{1,20}(?:\.\d{1,6})?) ?(bytes|KiB|MiB|GiB|TiB|MB|GB)"
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
    _line("vram_gib", "VRAM ", r"\bVRAM (\d{1,9}) ?(MB)", _size),
    _line("vram_gib", "MiB |", r"\d{1,6}MiB / {1,6}(\d{1,6})(MiB) \|", _size),
    _line("ram_gib", "total RAM", r"total RAM {1,3}(\d{1,9}) ?(MB)", _size),
    _line("free_disk_gib", "free disk space", rf"only has {_SIZE} free disk space", _size),
    _line("vram_free_gib", " free", rf"of which {_SIZE} is free", _size),
    _line("vram_free_gib", " free;", rf"{_SIZE} free;", _size),
    _line("vram_requested_gib", "Tried to allocate", rf"Tried to allocate {_SIZE}", _size),
    _line("gpu", "CUDA capability sm_", r"((?:NVIDIA )?[\w ]{3,60}) with CUDA capability sm_", _text),
    _line("gpu", "detected GPU", r"detected GPU: ([\w \[\]()-]{3,60}?) VRAM", _text),
    _line("gpu", "GeForce", r"((?:NVIDIA )?GeForce (?:RTX|GTX) ?\d{3,4}(?: ?(?:Ti|SUPER|Laptop GPU))*)", _text),
    _line(
        "gpu",
        "NVIDIA ",
        r"\b(NVIDIA (?:RTX|TITAN|Tesla|Quadro|[AHLBT]\d{1,4}S?)\b(?: [A-Z]?\d{1,5}| Ada| X[pP])*)",
        _text,
    ),
    _line("gpu", "Radeon", r"\b((?:AMD )?Radeon (?:RX|PRO|Pro) ?[A-Z]?\d{3,4}(?: ?(?:XTX|XT|GRE))?)", _text),
    _line("images", "images found", r"Folder [^:]{1,300}: (\d{1,9}) images found", _whole),
    _line("images", "Num examples", r"Num examples = (\d{1,9})", _whole),
    _line("images", "Dataset length", r"^Dataset length: (\d{1,9})", _whole),
    _line("images", "num train items", r"num train items[^:]{0,80}: (\d{1,9})", _whole),
    _line("images_with_repeats", "num train images", r"num train images \* repeats[^:]{0,80}: (\d{1,9})", _whole),
    _line("images_with_repeats", "train images with repeat", r"(\d{1,9}) train images with repeat", _whole),
    _line("epochs", "num epochs", r"num epochs[^:=]{0,80}[:=] (\d{1,9})", _whole),
    _line("epochs", "Num Epochs", r"Num Epochs = (\d{1,9})", _whole),
    _line("last_epoch", "epoch ", r"^\s*epoch (\d{1,9})/\d{1,9}", _whole, last=True),
    _line("steps", "total optimization steps", r"[Tt]otal optimization steps[^:=]{0,80}[:=] ?(\d{1,9})", _whole),
    _line("steps", "max_train_steps", r"max_train_steps(?: \([^)]{0,80}\))? = (\d{1,9})", _whole),
    _line("batch_size", "batch size per device", r"batch size per device[^:=]{0,80}[:=] ?(\d{1,9})", _whole),
    _line("learning_rate", "log_dist] [Rank 0] step=", r"\blr=\[(\d{1,2}(?:\.\d{1,20})?(?:e-?\d{1,3})?)", _number),
    _line("resumed_from", "Resuming training", r"Resuming at epoch: \d{1,9}, step: (\d{1,9})", _whole),
    _line("rank", "base dim (rank)", r"base dim \(rank\): (\d{1,9})", _whole),
    _line("alpha", "base dim (rank)", r"alpha: (\d{1,9}(?:\.\d{1,9})?)", _number),
    _line("resumed_from", "Found step", r"Found step (\d{1,9}) in metadata", _whole),
    _line("torch_version", "orch", r"\b[Tt]orch(?:==| version:? | )v?(\d{1,3}\.\d{1,3}\.\d{1,3}[\w.+]{0,40})", _text),
    _line("cuda_version", "CUDA ", r"\bCUDA (\d{2}\.\d)\b", _text),
    _line("python_version", "Python ", r"\bPython (\d\.\d{1,3}\.\d{1,3})", _text),
    _line("trainer_version", "version", r"Kohya_ss GUI version: (v[\d.]{1,20})", _text),
    _line("last_checkpoint_step", "Saving at step", r"Saving at step (\d{1,9})", _whole, last=True),
    _line("last_checkpoint_step", "-step", r"saving checkpoint: .{0,300}-step(\d{1,9})\.", _whole, last=True),
    _line("exit_status", "exit", r"(?:exit status|exit code|exitcode *:|return code =) ?(-?\d{1,10})", _whole),
)
_OTHER_PROCESS = re.compile(rf"Process \d{{1,12}} has {_SIZE} memory in use")
_FOUND = re.compile(
    r"(?:found directory (?P<folder>.{1,300}?) contains|^ {0,4}- {1,3}Found|^\W{0,3}(?:\S{1,80}:)?[Ff]ound)"
    r" (?P<n>\d{1,9}) image(?:s| files)\b"
)
_DATASET = re.compile(r"^(?:Dataset|glob images in):? (?P<folder>\S.{0,300})$|:glob images in (?P<globbed>.{1,300})$")
_SAVED = re.compile(
    r"Saved checkpoint to |saving checkpoint: |Saved state to |Saving model to directory "
    r"|^Saved to .{1,300}\.safetensors|^Saving .{1,300}\.safetensors"
)
_SAMPLED = re.compile(r"generating sample images at step")
_SAMPLE_BARS = ("Generating Samples", "Generating Images")
_FINISHED = re.compile(r"^model saved\.|TRAINING COMPLETE!|- [1-9]\d{0,3} completed jobs?")
_ALLOCATION_ENDS = ("reserved in total", "reserved by PyTorch", "https:", "Traceback", "total capacity;")
_ALLOCATION_ROWS = 8
_PHASES = (
    ("saving", re.compile(r"(?i)^\s*saving (?:at|checkpoint|model)")),
    ("sampling", re.compile(r"(?i)generating (?:samples|images|baseline)|generating sample images")),
    ("caching", re.compile(r"(?i)caching (?:latents|text)")),
    ("loading", re.compile(r"(?i)loading (?:checkpoint|pipeline|transformer|vae|text|u-net|model|dit)|quantizing")),
)
_ALLOCATION = "Tried to allocate "
_ALWAYS = (
    r"Process \d{1,12} has \d",
    r"ound directory .{1,300}? contains",
    r"ound \d{1,9} image",
    r"Dataset:? \S",
    "glob images in",
    "Saved checkpoint to |[Ss]aving checkpoint: |Saved state to |Saving model to directory ",
    r"Sav(?:ed to|ing) .{1,300}\.safetensors",
    "enerating [Ss]ample",
    "enerating [Ii]mages",
    "model saved\\.|TRAINING COMPLETE!|completed job",
    r"(?i)saving (?:at|checkpoint|model)",
    r"(?i)generating (?:samples|images|baseline)",
    r"(?i)caching (?:latents|text)",
    r"(?i)loading (?:checkpoint|pipeline|transformer|vae|text|u-net|model|dit)|quantizing",
)
TRIGGERS: tuple[tuple[str | None, str], ...] = (
    *((None if line.last else line.fact, line.pattern.pattern) for line in _LINES),
    ("vram_free_gib", _ALLOCATION),
    *((None, pattern) for pattern in _ALWAYS),
)
"""What a line has that adds to the facts: (the fact it states once and for all, or None; a pattern)."""


class FactReader:
    """Collects run facts and the line that shows each."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.values: dict[str, object] = {}
        self.origins: dict[str, Evidence] = {}
        self.checkpoints = 0
        self.samples = 0
        self.phase: str | None = None
        self._images: dict[str, int] = {}
        self._folder = ""
        self._sampling = False
        self._allocation: list[str] = []

    @property
    def wants_more(self) -> bool:
        """Tell whether the next line may go on with the message of this one."""
        return bool(self._allocation)

    def feed(self, number: int, text: str) -> None:
        """Take one line."""
        self._values(number, text)
        self._out_of_memory(number, text)
        self._count_images(number, text)
        if _SAVED.search(text):
            self.checkpoints += 1
        if _SAMPLED.search(text):
            self.samples += 1
        if _FINISHED.search(text):
            self.put("finished", True, number, text)
        self._phase(text)

    def feed_bar(self, description: str, complete: bool) -> None:
        """Take the bar of something other than training: `complete` where it has reached its end."""
        self._phase(description)
        if description in _SAMPLE_BARS:
            # the last refresh of a bar comes twice
            self.samples += complete and self._sampling
            self._sampling = not complete

    def _values(self, number: int, text: str) -> None:
        for line in _LINES:
            if line.trigger in text and (line.last or line.fact not in self.values):
                match = line.pattern.search(text)
                value = line.value(match) if match else None
                if value is not None:
                    self.put(line.fact, value, number, text)

    def _out_of_memory(self, number: int, text: str) -> None:
        if "memory in use" in text and (others := list(_OTHER_PROCESS.finditer(text))):
            sizes = [size for match in others if (size := _size(match)) is not None]
            if sizes:
                self.put("vram_other_gib", round(sum(sizes), 2), number, text)
        if _ALLOCATION in text:
            self._allocation = [text]
        elif self._allocation:
            # terminals break this long message at their width
            self._allocation.append(text.strip())
            self._values(number, " ".join(self._allocation))
        if len(self._allocation) > _ALLOCATION_ROWS or any(end in text for end in _ALLOCATION_ENDS):
            self._allocation = []

    def _count_images(self, number: int, text: str) -> None:
        if match := _DATASET.search(text):
            self._folder = match["folder"] or match["globbed"]
        if "ound " in text and (match := _FOUND.search(text)):
            # a folder that is listed once for each resolution is counted once
            folder = match["folder"] or self._folder
            self._images[folder] = max(self._images.get(folder, 0), int(match["n"]))
            self.put("images", sum(self._images.values()), number, text)

    def _phase(self, text: str) -> None:
        for phase, pattern in _PHASES:
            if pattern.search(text):
                self.phase = phase

    def put(self, fact: str, value: object, number: int, text: str) -> None:
        """Set a fact that the line shows."""
        self.values[fact] = value
        self.origins[fact] = Evidence(self._name, number, text.strip()[:200])
