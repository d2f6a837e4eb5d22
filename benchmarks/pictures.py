"""Precision and recall of what is said of pictures: ``python -m benchmarks.pictures [--rounds 20] [--json]``.

Each round is one zip: photos that packages ship (`benchmarks.photos`), whole or in quarters, with faults planted
(`benchmarks.planted`) and read as `diagnose` reads them. Counted are files, for equal and near-equal ones pairs: what
was named and planted, named and not planted, planted and not named. Everything hangs on `--seed`.
"""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.photos import scenes
from benchmarks.planted import Planted, Planter, pair
from diagnostics.bundle import Attachment, Bundle
from diagnostics.config import Trainers
from diagnostics.gather import config_facts, log_facts
from diagnostics.guard import Guard
from diagnostics.intake import Workspace, read_bundle
from diagnostics.log import KnownLines, LogReader
from diagnostics.material import Material, read_material
from diagnostics.reading import read_parts
from diagnostics.symptoms import SymptomReader
from knowledge.facts import DatasetFacts
from knowledge.load import load_knowledge
from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet

FIRST_SEED = 1_000

CHECKS: dict[str, Callable[[DatasetFacts], Iterable[str] | None]] = {
    "equal files": lambda found: found.duplicates,
    "near-duplicates": lambda found: found.near_duplicates,
    "smaller than 1024": lambda found: found.small_images,
    "cut off or damaged": lambda found: found.broken_images,
    "turned by Exif": lambda found: found.rotated_images,
    "wrong ending": lambda found: found.renamed_images,
    "kinds that trainers do not read": lambda found: found.foreign_images,
    "captions missing": lambda found: found.captions_missing,
    "captions empty": lambda found: found.captions_empty,
    "captions without a picture": lambda found: found.captions_without_image,
    "captions too long": lambda found: found.captions_long,
    "trigger word missing": lambda found: found.captions_without_trigger,
    "trigger word not first": lambda found: found.captions_late_trigger,
    "body tag missing": lambda found: found.body_without_tag,
    "body pictures elsewhere": lambda found: found.misplaced,
    "names with blanks or special characters": lambda found: found.bad_names,
    "extra files": lambda found: found.extra_files,
}


@dataclass
class Score:
    """Counts of one check over all rounds; the lists name what went wrong."""

    hits: Counter[str] = field(default_factory=Counter)
    """Planted and named, by the kind of fault."""
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float | None:
        """Share of what was named that was planted."""
        named = self.hits.total() + self.false.total()
        return self.hits.total() / named if named else None

    @property
    def recall(self) -> float | None:
        """Share of what was planted that was named."""
        planted = self.hits.total() + self.missed.total()
        return self.hits.total() / planted if planted else None

    def by_kind(self) -> dict[str, str]:
        """Return found of planted for each kind of fault, the worst first."""
        kinds = sorted(
            {*self.hits, *self.missed}, key=lambda kind: (self.hits[kind] / (self.hits[kind] + self.missed[kind]), kind)
        )
        return {kind: f"{self.hits[kind]} of {self.hits[kind] + self.missed[kind]}" for kind in kinds}


class Reading:
    """Reads bundles up to the facts on their pictures, by the functions that `diagnose` calls."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        trainers = knowledge.trainers.values()
        self._trainers = Trainers(trainers)
        signatures = SignatureSet(knowledge.rules.values(), knowledge.benign.lines)
        self._logs = LogReader(signatures, KnownLines(trainers))

    def read(self, data: bytes, tag: str) -> Material:
        """Read a zip; raises RuntimeError where a part of the reading failed."""
        guard = Guard()
        with Workspace() as workspace:
            bundle = Bundle(attachments=(Attachment.from_bytes("dataset.zip", data),))
            intake = read_bundle(bundle, None, workspace, self._trainers)
            parts = read_parts(intake, self._logs, self._trainers, lambda: SymptomReader(self._knowledge), guard)
            config = config_facts(parts.configs, log_facts(parts.readings))
            material = read_material(intake, config, config.trainer, tag, self._knowledge, guard)
        if guard.skipped:
            raise RuntimeError(str(guard.skipped))
        return material


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def compare(planted: Planted, found: DatasetFacts, scores: dict[str, Score]) -> None:
    """Add one round to `scores`."""
    for check, facts in CHECKS.items():
        named = {pair(*item.split(" = ")) if " = " in item else item for item in facts(found) or ()}
        truth, score = planted.truth[check], scores[check]
        for item, kind in truth.items():
            (score.hits if item in named else score.missed)[kind] += 1
        for item in named - set(truth):
            score.false[_shown(item, planted)] += 1


def _shown(item: str, planted: Planted) -> str:
    """Return what stands behind the names of pictures that were named by mistake."""
    faults = [f"{check}: {truth[item]}" for check, truth in planted.truth.items() if item in truth]
    shown = [planted.scene[name].name if name in planted.scene else name for name in item.split(" = ")]
    return " = ".join(shown) + (f" ({'; '.join(faults)})" if faults else "")


def main() -> None:
    """Plant, read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    reading, every = Reading(load_knowledge()), scenes()
    scores: dict[str, Score] = defaultdict(Score)
    images = pairs = 0
    for number in range(arguments.rounds):
        planted = Planter(every, arguments.seed + number).plant()
        found = reading.read(zipped(planted.files), "realistic_body").dataset
        compare(planted, found, scores)
        images += found.images or 0
        pairs += (found.looked_at or 0) * ((found.looked_at or 0) - 1) // 2
    if arguments.json:
        print(json.dumps({check: _plain(scores[check]) for check in CHECKS}, indent=2))
        return
    print(f"{arguments.rounds} datasets, {images} pictures, {pairs} pairs compared")
    for check in CHECKS:
        print(_line(check, scores[check]))


def _plain(score: Score) -> dict[str, Any]:
    return {
        "precision": score.precision,
        "recall": score.recall,
        "found": score.hits.total(),
        "missed": dict(score.missed),
        "false": dict(score.false),
        "kinds": score.by_kind(),
    }


def _line(check: str, score: Score) -> str:
    precision, recall = ("none named" if share is None else f"{share:.3f}" for share in (score.precision, score.recall))
    lines = [
        f"{check:>40}: precision {precision}, recall {recall}"
        f" ({score.hits.total()} found, {score.missed.total()} missed, {score.false.total()} false)"
    ]
    if score.missed:
        lines.append("    found of each kind: " + ", ".join(f"{kind} {of}" for kind, of in score.by_kind().items()))
    if score.false:
        lines.append("    false: " + ", ".join(f"{what} {count}" for what, count in score.false.most_common(20)))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
