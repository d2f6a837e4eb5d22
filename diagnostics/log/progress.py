"""Progress lines of every trainer: tqdm bars with a loss behind them, and the plain lines of those without a bar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)"
_BAR = re.compile(
    r"(?P<desc>[^|\r\n]{0,200}?)\s*(?P<percent>\d{1,3})%\|?(?P<bar>[^|\r\n]*)\|?\s*"
    r"(?P<n>\d+)/(?P<total>\d+)\s*\[(?P<elapsed>\d+:\d\d(?::\d\d)?)<(?P<left>\?|\d+:\d\d(?::\d\d)?),\s*"
    r"(?P<rate>\?|[\d.]+)\s?(?P<unit>it/s|s/it)(?:,\s*(?P<postfix>[^\]\r\n]{0,400}))?\]"
)
_PAIR = re.compile(rf"(?P<key>[A-Za-z_][\w*/ ]{{0,40}}?)\s*[:=]\s*(?P<value>{_NUMBER})(?![\w.])", re.IGNORECASE)
_DEEPSPEED = re.compile(
    rf"steps?: (?P<n>\d+) loss: (?P<loss>{_NUMBER}) iter time \(s\): (?P<seconds>[\d.]+)", re.IGNORECASE
)
_ITERATION = re.compile(
    rf"\b(?:iter|step|steps|iteration|global_step)\b\s*[:=]?\s*\[?(?P<n>\d+)(?:\s*(?:/|of)\s*(?P<total>\d+))?\]?"
    rf"[^\r\n]{{0,80}}?\bloss\b\s*[:=]?\s*(?P<loss>{_NUMBER})(?![\w.])",
    re.IGNORECASE,
)
_LOSS_KEYS = ("loss", "avr_loss", "step_loss", "train_loss")
_RATE_KEYS = ("lr", "learning_rate")
AVERAGED = "avr_loss"


@dataclass(frozen=True, slots=True)
class Progress:
    """One refresh of a progress display. `loss` may be NaN; None where the line shows none."""

    step: int
    total: int | None
    loss: float | None
    learning_rate: float | None
    seconds_per_step: float | None
    description: str = ""
    keys: Mapping[str, float] = field(default_factory=dict)
    glued: str = ""
    """What another stream wrote right behind the bar."""


def parse(text: str) -> Progress | None:
    """Return the progress that `text` shows, or None."""
    if "%" in text and "/" in text and (match := _BAR.search(text)):
        keys = {pair["key"].strip().lower(): _float(pair["value"]) for pair in _PAIR.finditer(match["postfix"] or "")}
        return Progress(
            int(match["n"]),
            int(match["total"]),
            next((keys[key] for key in _LOSS_KEYS if key in keys), None),
            next((keys[key] for key in _RATE_KEYS if key in keys), None),
            _seconds(match["rate"], match["unit"]),
            match["desc"].strip().rstrip(":"),
            keys,
            text[match.end() :],
        )
    if "loss" not in text and "Loss" not in text:
        return None
    if match := _DEEPSPEED.search(text):
        loss = _float(match["loss"])
        return Progress(int(match["n"]), None, loss, None, float(match["seconds"]), "steps", {"deepspeed": loss})
    if match := _ITERATION.search(text):
        total = int(match["total"]) if match["total"] else None
        return Progress(int(match["n"]), total, _float(match["loss"]), None, None, "iter")
    return None


def _float(text: str) -> float:
    return float(text)


def _seconds(rate: str, unit: str) -> float | None:
    if rate == "?":
        return None
    value = float(rate)
    if unit == "s/it":
        return value
    return 1 / value if value else None
