"""The generator of the study that the shared curves come from; seeds from 100,000 on are for testing."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.curve_generator import Generated
from diagnostics.log.model import Unit
from diagnostics.loss.labelled import LABELS
from diagnostics.loss.model import Pattern

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "prototypes" / "curve_generator.py"
TEST_SEEDS = range(100_000, 101_500)
UNITS = {"avg": Unit.RUNNING_AVERAGE, "ema": Unit.SMOOTHED}


def study_curves(seeds: range) -> Iterator[Generated]:
    """Yield the study's curves by seed; raises `FileNotFoundError` where its generator is not at hand."""
    if not GENERATOR.exists():
        raise FileNotFoundError(f"{GENERATOR} is needed for this")
    spec = importlib.util.spec_from_file_location("study_generator", GENERATOR)
    if spec is None or spec.loader is None:
        raise ImportError(f"{GENERATOR} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for seed in seeds:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # it averages over the NaN that it plants
            made = module.gen(seed)
        loss = np.array([np.nan if value is None else value for value in made["loss"]])
        label = LABELS.get(made["label"]) or Pattern(made["label"])
        yield Generated(label, np.array(made["steps"], np.int64), loss, UNITS.get(made["unit"], Unit.RAW))
