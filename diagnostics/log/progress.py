"""Progress lines of every trainer: tqdm bars with a loss behind them, and the plain lines of those without a bar.

A bar is found by its counter and clock, ``41/3280 [00:50<1:06:54, 1.24s/it``, and its description looked up backwards
from there: a pattern that begins with the description has to try every place of a line, which on a hostile line of
2 KB took ten seconds. Every repetition below is bounded for the same reason, and so that no number is too long to hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Span = tuple[int, int]
"""Where a number stands in a text: start and end."""

_NUMBER = r"[-+]?(?:\d{1,12}(?:\.\d{0,20})?|\.\d{1,20})(?:e[-+]?\d{1,3})?|[-+]?(?:nan|inf)"
_CLOCK = r"\d{1,4}:\d\d(?::\d\d)?"
_RATE = r"(?P<rate>\?|\d{1,9}(?:\.\d{1,4})?) ?(?P<unit>it/s|s/it)(?:, {0,3}(?P<postfix>[^\]\r\n]{0,400}))?(?:\]|$)"
_BAR = re.compile(
    rf"(?<![\d.])(?P<n>\d{{1,9}})/(?P<total>\d{{1,9}}) {{0,4}}\[{_CLOCK}<(?:\?|{_CLOCK}), {{0,3}}{_RATE}", re.ASCII
)
_BEYOND = re.compile(rf"(?<![\d.])(?P<n>\d{{1,9}})it \[{_CLOCK}, {{0,3}}{_RATE}", re.ASCII)
"""What tqdm prints once the count has passed the total, or where it knows no total."""
_PAIR = re.compile(
    rf"(?P<key>[A-Za-z_][\w*/ ]{{0,40}}?)[\"']?\s{{0,3}}[:=]\s{{0,3}}(?P<value>{_NUMBER})(?![\w.])",
    re.IGNORECASE | re.ASCII,
)
_DEEPSPEED = re.compile(
    rf"steps?: (?P<n>\d{{1,9}}) loss: (?P<loss>{_NUMBER}) iter time \(s\): (?P<seconds>\d{{1,9}}(?:\.\d{{1,6}})?)",
    re.IGNORECASE | re.ASCII,
)
_AT = r"[\"']?\s{0,3}[:=#]?\s{0,3}\[?(?P<n>\d{1,9})(?![.\w])(?:\s{0,2}(?:/|of)\s{0,2}(?P<total>\d{1,9}))?"
_LOSS = (
    r"(?<!val )(?<!eval )(?<!validation )\b(?:(?:train|avr|avg|step)_)?loss"
    rf"[\"']?\s{{0,3}}[:=]?\s{{0,3}}(?P<loss>{_NUMBER})(?![\w.])"
)
_STEP_WORD = r"\b(?:iter|iteration|steps?|global_step)"
_STEP = re.compile(rf"{_STEP_WORD}{_AT}[^\r\n]{{0,80}}?{_LOSS}", re.IGNORECASE | re.ASCII)
_STEP_LAST = re.compile(rf"{_LOSS}[^\r\n]{{0,120}}?{_STEP_WORD}{_AT}", re.IGNORECASE | re.ASCII)
_EPOCH = re.compile(rf"\bepoch{_AT}[^\r\n]{{0,80}}?{_LOSS}", re.IGNORECASE | re.ASCII)
_LOSS_KEYS = ("loss", "avr_loss", "step_loss", "train_loss")
_RATE_KEYS = ("lr", "learning_rate")
_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class Places:
    """Where the numbers of one progress stand in its text."""

    step: Span
    total: Span | None = None
    loss: Span | None = None
    learning_rate: Span | None = None
    rate: Span | None = None
    """Speed as printed; see `in_seconds`."""
    per_second: bool = False
    """True where the speed is in steps a second."""

    @property
    def end(self) -> int:
        """Where the last of them ends."""
        return max(span[1] for span in (self.step, self.total, self.loss, self.learning_rate, self.rate) if span)


@dataclass(frozen=True, slots=True)
class Progress:
    """One refresh of a progress display. `loss` may be NaN; None where the line shows none."""

    step: int
    total: int | None
    loss: float | None
    learning_rate: float | None
    seconds_per_step: float | None
    places: Places
    description: str = ""
    keys: Mapping[str, float] = field(default_factory=dict)
    glued: str = ""
    """What another stream wrote right behind the bar."""
    trainer: str | None = None
    """The trainer, where only it prints this layout."""
    by_epoch: bool = False
    """True where `step` counts epochs: one value at the end of each."""


def parse(text: str) -> Progress | None:
    """Return the first progress that `text` shows, or None."""
    return next(progress_in(text), None)


def progress_in(text: str) -> Iterator[Progress]:
    """Yield every progress that `text` shows; several where a chat lost the carriage returns between refreshes."""
    found = False
    if "[" in text and "it" in text:
        matches = list(_BAR.finditer(text)) or list(_BEYOND.finditer(text))
        start = 0
        for match in matches:
            glued = text[match.end() :] if match is matches[-1] else ""
            yield _of_bar(match, text[start : match.start()], glued)
            start = match.end()
        found = bool(matches)
    if not found and "loss" in text.lower() and (progress := _of_line(text)) is not None:
        yield progress


def in_seconds(rate: float, per_second: bool) -> float | None:
    """Return the seconds a step takes, of a speed as printed."""
    if not per_second:
        return rate
    return 1 / rate if rate else None


def _of_bar(match: re.Match[str], before: str, glued: str) -> Progress:
    postfix = match["postfix"] or ""
    # of a bar that is cut off, what touches the end may be half a number
    whole = len(postfix) + match.group().endswith("]")
    pairs = {pair["key"].strip().lower(): pair for pair in _PAIR.finditer(postfix) if pair.end() < whole}
    loss = next((pairs[key] for key in _LOSS_KEYS if key in pairs), None)
    rate = next((pairs[key] for key in _RATE_KEYS if key in pairs), None)
    offset = match.start("postfix")
    known = match["rate"] != "?"
    per_second = match["unit"] == "it/s"
    total = match.groupdict().get("total")
    description = _description(before)
    return Progress(
        step=int(match["n"]),
        total=int(total) if total else None,
        loss=float(loss["value"]) if loss else None,
        learning_rate=float(rate["value"]) if rate else None,
        seconds_per_step=in_seconds(float(match["rate"]), per_second) if known else None,
        places=Places(
            match.span("n"),
            match.span("total") if total else None,
            _shifted(loss, offset),
            _shifted(rate, offset),
            match.span("rate") if known else None,
            per_second,
        ),
        description=description,
        keys={key: float(pair["value"]) for key, pair in pairs.items()},
        glued=glued,
        trainer=_trainer(postfix, description),
    )


def _shifted(pair: re.Match[str] | None, offset: int) -> Span | None:
    return None if pair is None else (pair.start("value") + offset, pair.end("value") + offset)


def _description(before: str) -> str:
    percent = before.rfind("%")
    left = before[:percent].rstrip("0123456789") if percent >= 0 else before
    return left[-_DESCRIPTION:].strip().rstrip(":")


def _trainer(postfix: str, description: str) -> str | None:
    if postfix.startswith("lr: ") and " loss: " in postfix:
        return "ai-toolkit"
    if "smooth loss=" in postfix:
        return "onetrainer"
    if "step_loss=" in postfix and description.startswith("Epoch "):
        return "simpletuner"
    return None


def _of_line(text: str) -> Progress | None:
    if match := _DEEPSPEED.search(text):
        places = Places(match.span("n"), loss=match.span("loss"), rate=match.span("seconds"))
        seconds = float(match["seconds"])
        return Progress(
            int(match["n"]), None, float(match["loss"]), None, seconds, places, "steps", trainer="diffusion-pipe"
        )
    match = _STEP.search(text) or _STEP_LAST.search(text)
    by_epoch = match is None
    match = match or _EPOCH.search(text)
    if match is None:
        return None
    pairs = {pair["key"].strip().lower().strip("\"'"): pair for pair in _PAIR.finditer(text)}
    rate = next((pairs[key] for key in _RATE_KEYS if key in pairs), None)
    return Progress(
        step=int(match["n"]),
        total=int(match["total"]) if match["total"] else None,
        loss=float(match["loss"]),
        learning_rate=float(rate["value"]) if rate else None,
        seconds_per_step=None,
        places=Places(
            match.span("n"), match.span("total") if match["total"] else None, match.span("loss"), _shifted(rate, 0)
        ),
        description="epoch" if by_epoch else "iter",
        by_epoch=by_epoch,
    )
