"""Whether a text is a training log, by what consoles print and people do not write."""

from __future__ import annotations

import re

from diagnostics.log.lines import clean
from diagnostics.log.progress import parse

_MARKS = re.compile(
    r"Traceback \(most recent call last\)|^[ \t]{0,40}File \"[^\"\n]{1,400}\", line \d"
    r"|^(?:[A-Za-z_]\w*\.){0,6}[A-Za-z_]\w*(?:Error|Exception): "
    r"|^(?:[A-Za-z_]\w{0,80}\.){1,6}[A-Za-z_]\w{0,80}(?:Invalid|Missing|NotFound|Timeout): "
    r"|^\S{1,200}\.toml not found\.$"
    r"|^[\w./\\-]{1,80}: error: |^(?:Error|ERROR|error)(?:: | no | in | while | loading )"
    r"|^[ \t]{0,40}(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)?[ \t,.\d\[\]-]{0,60}\b(?:INFO|WARNING|ERROR)\b"
    r"|\d%\||it/s\]|s/it[,\]]|# Running job: |Error running job|out of memory|create LoRA (?:network|for)"
    r"|exited with code|exit(?:s with return)? code|CUDA error|caching latents|running training",
    re.MULTILINE,
)
_SAMPLE = 65_536
_LINES_A_MARK = 25


def looks_like_log(text: str) -> bool:
    """Tell from the beginning of `text` whether it is a console log."""
    sample = text[:_SAMPLE]
    if "\r" in sample and any(parse(clean(part)) for part in sample.split("\r")[:50]):
        return True
    lines = [line for line in sample.split("\n") if line.strip()]
    marks = len(_MARKS.findall(sample)) + sum(_shows_loss(line) for line in lines[:200])
    return marks >= 1 and marks * _LINES_A_MARK >= len(lines)


def _shows_loss(line: str) -> bool:
    progress = parse(clean(line))
    return progress is not None and progress.loss is not None
