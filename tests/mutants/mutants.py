"""Logs as people really post them: cut off, with lines missing, with other programs' lines between."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Finding
from tests.conftest import ROOT

INJECTED = (
    "",
    "model.safetensors:  42%|####2     | 1.02G/2.43G [00:12<00:16, 84.1MB/s]",
    "steps:  12%|#2        | 120/1000 [04:10<30:33,  2.08s/it, avr_loss=0.103]",
    "my_lora:   7%|7         | 70/1000 [02:41<35:20,  2.28s/it, lr: 1.0e-04 loss: 3.214e-01]",
    "2026-01-05 10:22:41 INFO     prepare optimizer, data loader etc.",
    "/usr/lib/python3.11/site-packages/torch/utils/checkpoint.py:87: FutureWarning: this is deprecated",
    "Fetching 5 files: 100%|##########| 5/5 [00:00<00:00, 4.12it/s]",
    "wandb: Syncing run maya-7",
    "The following values were not passed to `accelerate launch` and had defaults used instead:",
    "Loading checkpoint shards: 100%|##########| 3/3 [00:01<00:00, 2.10it/s]",
)
"""Lines that say nothing of what is wrong."""


@dataclass(frozen=True)
class Example:
    """A log, and the lines that each of its findings rests on."""

    name: str
    text: str
    findings: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Wrong:
    """A finding that a mutant has the lines for and does not get, or one that its example did not have."""

    example: str
    mutant: int
    lost: str | None
    found: tuple[str, ...]


@cache
def logs() -> tuple[Path, ...]:
    """Return every example log of the project."""
    homes = ("tests/diagnostics/log/data", "tests/diagnostics/trainers/data", "tests/bundles", "examples")
    return tuple(
        path for home in homes for path in sorted((ROOT / home).rglob("*")) if path.name.endswith((".log", "log.txt"))
    )


def example(diagnostician: Diagnostician, name: str, text: str) -> Example:
    """Return what is found in `text`, by the text of the lines that show it; findings without lines are left out."""
    found = {each.id: frozenset(e.text.strip() for e in each.evidence) for each in _diagnosed(diagnostician, text)}
    return Example(name, text, {each: lines for each, lines in found.items() if lines})


def wrong(diagnostician: Diagnostician, example: Example, count: int) -> Iterator[Wrong]:
    """Yield what is lost in `count` mutants, or found in those of a log without a finding.

    Each mutant is the same whenever it is made again.
    """
    for number in range(count):
        text = mutant(random.Random(f"{example.name}:{number}"), example.text)
        found = tuple(each.id for each in _diagnosed(diagnostician, text))
        if found and not example.findings:
            yield Wrong(example.name, number, None, found)
        yield from (
            Wrong(example.name, number, finding, found)
            for finding, lines in example.findings.items()
            if finding not in found and all(line in text for line in lines)
        )


def mutant(rng: random.Random, text: str) -> str:
    """Return `text` with one to three things done to it."""
    for change in rng.choices((_cut_start, _cut_end, _drop, _drop_some, _inject), k=rng.randint(1, 3)):
        text = change(rng, text)
    return text


def _cut_start(rng: random.Random, text: str) -> str:
    return text[int(len(text) * rng.random() ** 2 * 0.9) :]


def _cut_end(rng: random.Random, text: str) -> str:
    return text[: len(text) - int(len(text) * rng.random() ** 2 * 0.9)]


def _drop(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    start = rng.randrange(max(len(lines), 1))
    return "".join(lines[:start] + lines[start + rng.randint(1, 12) :])


def _drop_some(rng: random.Random, text: str) -> str:
    share = rng.choice((0.02, 0.1, 0.3))
    return "".join(line for line in text.splitlines(keepends=True) if rng.random() >= share)


def _inject(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    for _ in range(rng.randint(1, 10)):
        lines.insert(rng.randint(0, len(lines)), rng.choice(INJECTED))
    return "\n".join(lines)


def _diagnosed(diagnostician: Diagnostician, text: str) -> tuple[Finding, ...]:
    return diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt", text.encode()),))).findings
