"""Fits the forest that judges loss curves: ``python -m benchmarks.fit_curves``.

Data: our generator (seeds from 0), the study's (seeds from 0; those from 100,000 on are for testing), and the
purpose-trained and wild curves of ``../shared/curves`` with variants.
First five-fold cross-validation, all variants of a curve in one fold; its held-out verdicts give the figures that are
printed, and the Platt map for ``knowledge/curves-judging.yaml``. Then the forest is fitted on everything and written.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.boosting import Options, Trees, grow
from benchmarks.curve_generator import Floats, generate
from benchmarks.training_curves import Sample, generated_samples, study_samples, trained_samples, wild_samples
from diagnostics.log.model import Series
from diagnostics.loss.evaluate import Judged, score
from diagnostics.loss.forest import FITTED, Forest
from diagnostics.loss.judge import judge
from diagnostics.loss.labelled import LabelledCurve, read_curves
from diagnostics.loss.model import Pattern
from diagnostics.loss.parameters import Judging, judging

CURVES = Path(__file__).resolve().parents[2] / "shared" / "curves"
CLASSES = tuple(Pattern)
FOLDS = 5
GENERATED, STUDY = 5_000, 12_000
SOURCE_WEIGHTS = {"generated": 1.0, "trained": 2.0, "wild": 1.0}
"""Total weight of each source against the generated samples."""
OPTIONS = Options(rounds=160, rate=0.12, depth=4, ridge=8.0, least=40.0)
SEEDS = (0,)
LEAF_UNIT = 1e-4
"""Leaves are written as whole multiples of this."""
WORKERS, CHUNK = 2, 500
LONGEST_STEP = 0.3
"""Bound on a step of Newton's method, which overshoots where nearly all verdicts are right."""
HELD_OUT_SEEDS = range(1_000_000, 1_000_600)
"""Generated curves for calibration."""


@dataclass(frozen=True)
class Folds:
    """Which fold holds each origin out."""

    of: dict[str, int]

    @classmethod
    def drawn(cls, origins: Iterable[str], seed: int = 0) -> Folds:
        """Deal the origins out at random."""
        listed = sorted(set(origins))
        order = np.random.default_rng(seed).permutation(len(listed))
        return cls({listed[index]: place % FOLDS for place, index in enumerate(order)})


def fit(samples: Sequence[Sample], options: Options = OPTIONS, seeds: Sequence[int] = SEEDS) -> Forest:
    """Fit a forest; with several seeds, the mean of several."""
    names = tuple(samples[0].features)
    x = np.array([[sample.features[name] for name in names] for sample in samples])
    labels = np.array([CLASSES.index(sample.pattern) for sample in samples])
    weights = sample_weights(samples)
    grown = [grow(x, labels, weights, len(CLASSES), replace(options, seed=seed)) for seed in seeds]
    return _forest(names, grown)


def sample_weights(samples: Sequence[Sample]) -> Floats:
    """Weigh the sources against each other, and within wild curves each group by the root of its size; mean 1."""
    sources = np.array([sample.source for sample in samples])
    weights = np.ones(len(samples))
    groups: dict[str, int] = {}
    for sample in samples:
        groups[sample.group] = groups.get(sample.group, 0) + 1
    for index, sample in enumerate(samples):
        if sample.source == "wild":
            weights[index] = groups[sample.group] ** -0.5
    total = float((sources == "generated").sum()) or 1.0
    for source, share in SOURCE_WEIGHTS.items():
        chosen = sources == source
        if chosen.any():
            weights[chosen] *= share * total / weights[chosen].sum()
    return np.asarray(weights / weights.mean())


def write(forest: Forest, path: Path = FITTED) -> None:
    """Write a forest as JSON: one tree a line, so that a refit gives a readable diff."""
    rows = {
        "features": list(forest.names),
        "classes": [pattern.value for pattern in forest.classes],
        "prior": np.round(forest.prior, 5).tolist(),
        "asked": forest.features.tolist(),
        "thresholds": [[None if np.isinf(v) else float(f"{v:.4g}") for v in tree] for tree in forest.thresholds],
        "leaf_unit": LEAF_UNIT,
        "leaves": np.round(forest.leaves / LEAF_UNIT).astype(int).tolist(),
    }
    parts = []
    for key, value in rows.items():
        if isinstance(value, list) and isinstance(value[0], list):
            lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def samples_of(curves: list[LabelledCurve], workers: Executor) -> list[Sample]:
    """Return all samples, in a fixed order."""
    rng = np.random.default_rng(3)
    trained = [curve for curve in curves if len(curve.evaluated[0])]
    wild = [curve for curve in curves if not len(curve.evaluated[0])]
    ours = workers.map(generated_samples, _chunks(GENERATED))
    theirs = workers.map(study_samples, _chunks(STUDY))
    made = [sample for part in (*ours, *theirs) for sample in part]
    return [*made, *trained_samples(trained, rng), *wild_samples(wild, rng)]


def _chunks(count: int) -> list[range]:
    return [range(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK)]


def platt(probabilities: Floats, right: Floats) -> tuple[float, float]:
    """Fit slope and offset of the logit by Newton's method on the likelihood (Platt 1999, with his soft targets)."""
    logits = np.log(probabilities / (1 - probabilities))
    hits, misses = float(right.sum()), float((1 - right).sum())
    targets = np.where(right > 0, (hits + 1) / (hits + 2), 1 / (misses + 2))
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    beta = np.array([1.0, 0.0])
    for _ in range(50):
        estimate = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (estimate - targets)
        curvature = (design * (estimate * (1 - estimate))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        beta = beta - step / max(1.0, float(np.abs(step).max()) / LONGEST_STEP)
    return float(beta[0]), float(beta[1])


def fold_forests(samples: Sequence[Sample], folds: Folds, workers: Executor) -> list[Forest]:
    """Fit a forest for each fold, on everything that the fold does not hold out."""
    return list(workers.map(fit, ([s for s in samples if folds.of.get(s.origin) != fold] for fold in range(FOLDS))))


def judge_held_out(
    curves: list[LabelledCurve], folds: Folds, forests: Sequence[Forest], parameters: Judging
) -> list[Judged]:
    """Judge every curve with the forest that saw none of its versions, and generated curves that none saw."""
    judged: list[Judged] = []
    for fold, forest in enumerate(forests):
        held_out = [curve for curve in curves if folds.of[curve.id] == fold]
        judged += [Judged(curve, judge(curve.series, None, parameters, forest)) for curve in held_out]
        for seed in HELD_OUT_SEEDS[fold::FOLDS]:
            made = generate(seed)
            curve = LabelledCurve.of(
                f"seed-{seed}", Series(made.steps, made.loss, made.unit), made.pattern, "generated"
            )
            judged.append(Judged(curve, judge(curve.series, None, parameters, forest)))
    return judged


def calibrate(judged: Sequence[Judged], certain: float) -> tuple[float, float]:
    """Fit the Platt map on the verdicts that rest on the forest, the sources weighing the same."""
    rows: dict[str, list[tuple[float, float]]] = {}
    for one in judged:
        sure = one.verdict.confidence
        if one.found is not Pattern.INSUFFICIENT and sure != certain:
            rows.setdefault(one.curve.source, []).append((sure, float(one.right)))
    size = max(len(found) for found in rows.values())
    even = np.array([found[index % len(found)] for found in rows.values() for index in range(size)])
    return platt(np.clip(even[:, 0], 1e-3, 1 - 1e-3), even[:, 1])


def _forest(names: tuple[str, ...], grown: Sequence[Trees]) -> Forest:
    inner = grown[0].features.shape[2]
    return Forest(
        names=names,
        classes=CLASSES,
        prior=np.mean([trees.prior for trees in grown], axis=0),
        features=np.concatenate([trees.features.reshape(-1, inner) for trees in grown]),
        thresholds=np.concatenate([trees.thresholds.reshape(-1, inner) for trees in grown]),
        leaves=np.concatenate([trees.leaves.reshape(-1, inner + 1) for trees in grown]) / len(grown),
    )


def main() -> None:
    """Cross-validate, calibrate, fit on everything and write the forest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--curves", type=Path, default=CURVES)
    arguments = parser.parse_args()
    curves = list(read_curves(arguments.curves))
    with ProcessPoolExecutor(WORKERS) as workers:
        _fit_all(curves, workers)


def _fit_all(curves: list[LabelledCurve], workers: Executor) -> None:
    samples = samples_of(curves, workers)
    shipped = judging()
    raw = shipped.decision.model_copy(update={"slope": 1.0, "offset": 0.0, "least": 0.01, "least_problem": 0.01})
    folds = Folds.drawn(curve.id for curve in curves)
    forests = fold_forests(samples, folds, workers)
    judged = judge_held_out(curves, folds, forests, shipped.model_copy(update={"decision": raw}))
    slope, offset = calibrate(judged, raw.certain)
    print(f"Platt map: slope {slope:.3f}, offset {offset:.3f}")
    decision = shipped.decision.model_copy(update={"slope": slope, "offset": offset})
    judged = judge_held_out(curves, folds, forests, shipped.model_copy(update={"decision": decision}))
    sources = ("trained", "real", "generated")
    sets = {source: [one for one in judged if one.curve.source == source] for source in sources}
    sets["real diffusion"] = [one for one in sets["real"] if "diffusion" in one.curve.domain]
    for name, some in sets.items():
        print(name, json.dumps(score(some).to_dict()))
    write(fit(samples))


if __name__ == "__main__":
    main()
