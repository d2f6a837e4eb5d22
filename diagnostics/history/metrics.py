"""Which of the many curves in a history file is the training loss, and what one value of it is."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from diagnostics.log.model import Series, Unit

# Names that the trainers give their training loss, the per-step one first (from their sources; see the trainer each).
_NAMES: tuple[tuple[str, Unit, str | None], ...] = (
    ("loss/train_step", Unit.RAW, "onetrainer"),
    ("loss/current", Unit.RAW, "sd-scripts"),
    ("loss/loss", Unit.RAW, "ai-toolkit"),
    ("train/loss", Unit.RAW, "diffusion-pipe"),
    ("train_loss", Unit.RAW, None),
    ("step_loss", Unit.RAW, None),
    ("loss", Unit.RAW, None),
    ("loss/average", Unit.RUNNING_AVERAGE, "sd-scripts"),
    ("smooth_loss/train_step", Unit.SMOOTHED, "onetrainer"),
    ("optimization_loss", Unit.RAW, "simpletuner"),
    ("train/epoch_loss", Unit.EPOCH, "diffusion-pipe"),
    ("loss/epoch_average", Unit.EPOCH, "sd-scripts"),
    ("loss/epoch", Unit.EPOCH, "musubi-tuner"),
)
_RATES = ("lr/unet", "lr/transformer", "lr/group0", "learning_rate", "train/learning_rate", "lr")


_MOST_VALUES = 4_000_000
_MOST_NAMES = 1_000
_LARGEST_STEP = 1 << 53
_KEPT = ("loss", "lr", "learning_rate")

Points = tuple["array[int]", "array[float]"]


@dataclass
class Metrics:
    """Losses and learning rates by name, as they are read: steps and values in the order of the file.

    Of other names, of steps outside of +-2**53, and of more than 4 million values or 1,000 names nothing is kept.
    """

    points: dict[str, Points] = field(default_factory=dict)
    left: int = _MOST_VALUES

    def add(self, name: str, step: int, value: float) -> None:
        """Add one value."""
        found = self.points.get(name)
        if found is None:
            lower = name.lower()
            if len(self.points) >= _MOST_NAMES or not any(part in lower for part in _KEPT):
                return
            found = self.points[name] = (array("q"), array("d"))
        if self.left > 0 and -_LARGEST_STEP < step < _LARGEST_STEP:
            found[0].append(step)
            found[1].append(value)
            self.left -= 1

    def in_order(self) -> Metrics:
        """Return the same values in the order of their steps."""
        return Metrics({name: _sorted(points) for name, points in self.points.items()}, self.left)


def series_of(metrics: Metrics, source: str, trainer: str | None = None) -> Series | None:
    """Return the training loss among `metrics`, or None where there is none; the learning rate beside it if logged."""
    by_name = {name.lower(): points for name, points in metrics.points.items()}
    for name, unit, named_by in _NAMES:
        found = by_name.get(name) or _ending(by_name, name)
        if found:
            steps = np.asarray(found[0], np.int64)
            return Series(
                steps=steps,
                loss=np.asarray(found[1], np.float64),
                unit=unit,
                trainer=trainer or named_by,
                learning_rate=_rates(by_name, steps),
                source=source,
                hidden_nan=(trainer or named_by) == "ai-toolkit",
            )
    return None


def _sorted(points: Points) -> Points:
    order = np.argsort(np.asarray(points[0]), kind="stable")
    return array("q", np.asarray(points[0])[order].tobytes()), array("d", np.asarray(points[1])[order].tobytes())


def _ending(by_name: Mapping[str, Points], name: str) -> Points | None:
    # W&B exports name a column "<run> - <metric>"
    for full, points in by_name.items():
        if full.endswith(f" - {name}"):
            return points
    return None


def _rates(by_name: Mapping[str, Points], steps: Iterable[int]) -> np.ndarray | None:
    for name in _RATES:
        found = by_name.get(name) or _ending(by_name, name)
        if found:
            at = dict(zip(*found, strict=True))
            return np.asarray([at.get(int(step), np.nan) for step in steps], np.float64)
    return None
