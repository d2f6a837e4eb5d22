"""Pictures, dataset, samples, LoRA file and manifest to facts, with a line for every file that is unusual."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diagnostics.bundle import Attachment, Skipped
from diagnostics.dataset.listing import read_dataset
from diagnostics.dataset.manifest import Manifest, read_manifests
from diagnostics.dataset.members import Division, divide
from diagnostics.guard import Guard
from diagnostics.intake import Intake
from diagnostics.pictures.read import Picture, PictureReader, Problem
from diagnostics.report import Note
from diagnostics.samples.facts import read_samples, shown_names
from diagnostics.samples.listing import generations
from diagnostics.weights.facts import is_lora, lora_facts
from diagnostics.weights.header import WeightsError, read_header
from knowledge.expressions import context_of
from knowledge.facts import ConfigFacts, DatasetFacts, Facts, LoraFacts, MachineFacts, SampleFacts
from knowledge.model import Knowledge
from knowledge.pictures import PictureKnowledge
from knowledge.screenshots import ScreenshotKnowledge
from knowledge.wording import fill, shown

if TYPE_CHECKING:
    from diagnostics.screenshot import ChartReading

_LOOKED_AT = frozenset({"animated", "cmyk", "deep", "rotated", "ending"})
"""Problems of pictures that are looked at all the same; every other keeps a picture from it."""
_CACHE = "cache"
_MOST_LORAS = 100
_SINGLE = 3
"""Files that get a line of their own for one and the same problem; of more, one line for all."""


@dataclass(frozen=True)
class Material:
    """What the files besides config and log show."""

    dataset: DatasetFacts = field(default_factory=DatasetFacts)
    samples: SampleFacts = field(default_factory=SampleFacts)
    lora: LoraFacts = field(default_factory=LoraFacts)
    machine: MachineFacts = field(default_factory=MachineFacts)
    notes: tuple[Note, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    charts: tuple[ChartReading, ...] = ()
    """Loss charts among the pictures; they are no samples."""
    sample_names: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Tell whether there was a dataset, a sample, a LoRA file or a manifest to read."""
        return (
            self.samples.count is not None
            or self.lora != LoraFacts()
            or self.machine != MachineFacts()
            or self.dataset.images is not None
        )


def read_material(
    intake: Intake, config: ConfigFacts, trainer: str | None, body_tag: str | None, knowledge: Knowledge, guard: Guard
) -> Material:
    """Read pictures, captions and manifest; what fails is named in `guard` and the others go on."""
    how = knowledge.pictures
    pictures, skipped = _read_pictures(intake.pictures, knowledge.screenshots, guard)
    manifest = guard.run("manifest", None, read_manifests, intake.documents)
    division = divide(intake.images, pictures, intake.documents, intake.files, config.dataset_paths)
    unreadable = intake.unreadable or None
    if manifest is not None:
        division, unreadable = _joined(division, manifest), (*manifest.unreadable, *intake.unreadable)
    dataset = guard.run("dataset", DatasetFacts(), read_dataset, division, config, trainer, body_tag, how, unreadable)
    known = [*pictures.values(), *(m.picture for m in division.members if m.picture and m.name not in pictures)]
    lora, unread = _read_loras(intake.loras, guard)
    named = {sample.name for sample in division.samples}
    made = guard.run("sample metadata", {}, generations, (each for each in intake.pictures if each.name in named))
    samples = guard.run(
        "sample pictures",
        SampleFacts(),
        read_samples,
        division.samples,
        made,
        division.members,
        config,
        lora,
        how,
        dataset.clipped,
    )
    shown_as = shown_names(division.samples, made)
    notes, lines = _lines(known, shown_as, how)
    skipped = [replace(each, part=shown_as.get(each.part, each.part)) for each in skipped]
    machine = manifest.machine if manifest else MachineFacts()
    charts = tuple(picture.chart for picture in division.samples if picture.chart)
    shown = tuple(picture.name for picture in division.samples if not picture.chart)
    return Material(dataset, samples, lora, machine, notes, (*skipped, *lines, *unread), charts, shown)


def _read_pictures(
    attachments: Sequence[Attachment], screens: ScreenshotKnowledge, guard: Guard
) -> tuple[dict[str, Picture], list[Skipped]]:
    reader = PictureReader(screens=screens)
    pictures: dict[str, Picture] = {}
    skipped = []
    for attachment in attachments:
        picture = guard.run(attachment.name, None, _read_picture, reader, attachment)
        if isinstance(picture, Skipped):
            skipped.append(picture)
        elif picture is not None:
            pictures[attachment.name] = picture
    return pictures, skipped


def _read_picture(reader: PictureReader, attachment: Attachment) -> Picture | Skipped:
    try:
        return reader.read(attachment)
    except OSError as error:
        return Skipped(attachment.name, f"cannot be read: {error.strerror or error}")


def _read_loras(attachments: Sequence[Attachment], guard: Guard) -> tuple[LoraFacts, list[Skipped]]:
    """Return the facts of the LoRA file; of several the one trained longest, and then not which of them was tested."""
    found: list[LoraFacts] = []
    skipped: list[Skipped] = []
    for attachment in attachments[:_MOST_LORAS]:
        lora = guard.run(attachment.name, None, _read_lora, attachment)
        if isinstance(lora, LoraFacts):
            found.append(lora)
        elif lora is not None and _CACHE not in attachment.name.lower():
            skipped.append(lora)
    if not found:
        return LoraFacts(), skipped
    longest = max(found, key=lambda lora: (lora.step or 0, lora.epoch or 0))
    return (longest if len(found) == 1 else replace(longest, step=None, epoch=None)), skipped


def _read_lora(attachment: Attachment) -> LoraFacts | Skipped:
    try:
        header = read_header(attachment)
    except WeightsError as error:
        return Skipped(attachment.name, str(error))
    except OSError as error:
        return Skipped(attachment.name, f"cannot be read: {error.strerror or error}")
    if not is_lora(header):
        return Skipped(attachment.name, "holds no LoRA layers: a whole model, a VAE or cached data")
    return lora_facts(attachment.name, header)


def _joined(division: Division, manifest: Manifest) -> Division:
    """Add the dataset of the manifest; pictures that were handed in themselves are those that were looked at."""
    have = {member.name for member in division.members}
    listed = manifest.division
    return Division(
        (*division.members, *(member for member in listed.members if member.name not in have)),
        division.samples,
        (*division.orphans, *listed.orphans),
        (*division.extras, *listed.extras),
    )


def _lines(
    pictures: Iterable[Picture], shown_as: Mapping[str, str], how: PictureKnowledge
) -> tuple[tuple[Note, ...], tuple[Skipped, ...]]:
    """Return what is said of the files: notes on those that were looked at, and why the others were not.

    `shown_as` has the names of those whose own may hold a prompt.
    """
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for picture in pictures:
        for problem in picture.problems:
            text = _text(problem, how.files)
            if text:
                said[problem.name, text].append(shown_as.get(picture.name, picture.name))
    notes, skipped = [], []
    for (problem_name, text), names in said.items():
        for name in _grouped(names):
            if problem_name not in _LOOKED_AT:
                skipped.append(Skipped(name, text))
            else:
                notes.append(Note(f"{name} {text}"))
    return tuple(notes), tuple(skipped)


def _grouped(names: list[str]) -> Iterator[str]:
    if len(names) <= _SINGLE:
        yield from names
    else:
        yield f"{shown(list(names))} (each of {len(names)} files)"


def _text(problem: Problem, texts: Mapping[str, str]) -> str | None:
    return fill(texts.get(problem.name, texts["damaged"]), context_of(Facts()), problem.values)
