"""What reading a log gives: typed values, each with the line it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diagnostics.bundle import Evidence
from knowledge.facts import LogFacts
from knowledge.model import Signature


class Unit(StrEnum):
    """What one logged loss value is."""

    RAW = "raw"
    """The loss of that step."""
    RUNNING_AVERAGE = "running-average"
    """A mean over a sliding window, such as the one epoch of sd-scripts' avr_loss."""
    SMOOTHED = "smoothed"
    """An exponential moving average."""
    EPOCH = "epoch"
    """One value an epoch."""


@dataclass(frozen=True)
class Series:
    """The loss of one run over its steps, in the order of the log.

    `steps` int64 and `loss` float64 have one length; `learning_rate` and `seconds_per_step` have it too, or are None.
    `loss` may hold NaN and inf. `steps` may fall where the run was resumed.
    """

    steps: NDArray[np.int64]
    loss: NDArray[np.float64]
    unit: Unit
    trainer: str | None = None
    total_steps: int | None = None
    learning_rate: NDArray[np.float64] | None = None
    seconds_per_step: NDArray[np.float64] | None = None
    lines: NDArray[np.int64] | None = None
    """Line of the file that each point stands on."""
    source: str = "log"
    """Name of the file."""
    hidden_nan: bool = False
    """True where the trainer prints 0 for a loss that was NaN (ai-toolkit)."""
    read: int = 0
    """Values that the file holds of this run, each refresh of a step counted. 0 where nobody counted."""
    thinned: bool = False
    """True where the points are an even choice, with the highest and the lowest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A signature of a rule found in a line."""

    rule: str
    signature: Signature
    evidence: Evidence
    run: int = 0
    """Which run of the log it belongs to, counted from 0."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of a traceback."""

    file: str
    line: int
    function: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Traceback:
    """A Python traceback: the exception and where it came from."""

    exception: str
    """Class as printed, with its module: torch.OutOfMemoryError."""
    message: str
    frames: tuple[Frame, ...]
    evidence: Evidence
    """The exception line (the last line seen where the traceback is cut off before it)."""
    run: int = 0
    wrapper: bool = False
    """True where the exception is no cause: another process failed (CalledProcessError), or somebody pressed Ctrl-C."""
    complete: bool = True
    """False where the log ends before the exception line."""


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A line that reports an error outside a traceback (`ERROR ...`, `Error running job: ...`)."""

    evidence: Evidence
    run: int = 0


@dataclass(frozen=True)
class LogReading:
    """Everything that one log shows."""

    name: str
    trainer: str | None
    facts: LogFacts
    origins: Mapping[str, Evidence] = field(default_factory=dict)
    """Field name of `facts` -> the line that shows it."""
    series: tuple[Series, ...] = ()
    hits: tuple[Hit, ...] = ()
    """In the order of the log; at most one per signature and run (the first)."""
    tracebacks: tuple[Traceback, ...] = ()
    errors: tuple[ErrorLine, ...] = ()
    runs: int = 1
