"""Precision and recall of what is said of sets of samples: ``python -m benchmarks.sample_pictures [--sets 60]``.

Each set is six pictures from photos that packages ship (`benchmarks.photos`), with different prompts in their metadata
unless said otherwise, read by the whole diagnosis. A fault is planted in about half of the sets for each check; the
others have what is easily taken for it.
"""

from __future__ import annotations

import argparse
import io
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageEnhance
from PIL.PngImagePlugin import PngInfo

from benchmarks.photos import Scene, enlarged, scenes
from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Report
from knowledge.load import load_knowledge

_SET, _SIDE, _FIRST_SEED = 6, 768, 500
_BORDER = 0.2
CONFIG = b"""job: extension
config:
  name: maya
  process:
    - type: sd_trainer
      network: {type: lora, linear: 16, linear_alpha: 16}
      datasets: [{folder_path: /data/maya, caption_ext: txt, resolution: [1024]}]
      train: {batch_size: 1, steps: 3400, lr: 0.0001}
      model: {name_or_path: Qwen/Qwen-Image-Edit-2509, arch: qwen_image_edit_plus}
"""
FLUX = CONFIG.replace(
    b"Qwen/Qwen-Image-Edit-2509, arch: qwen_image_edit_plus", b"black-forest-labs/FLUX.1-dev, arch: flux"
)
Images = list[Image.Image]


@dataclass
class Case:
    """One set: pictures, the dataset beside them, how they say that they were made, and what is true of them."""

    images: Images
    truth: bool
    kind: str
    dataset: Images = field(default_factory=list)
    strengths: tuple[float, ...] = (0.8,)
    steps: tuple[int, ...] = (3400,)
    prompts: int = _SET
    model: str = "qwen_image_edit_2509"
    config: bytes = CONFIG
    said: str = "the skin looks like plastic"


def different(photos: list[Scene], rng: random.Random) -> Images:
    """Return pictures of different photos."""
    return [_square(scene.image) for scene in rng.sample(photos, _SET)]


def repetition(photos: list[Scene], rng: random.Random) -> Case:
    """One picture, a little changed each time; or different photos, or one prompt, which gives one picture by right."""
    kind = rng.choice(("one picture", "one picture", "different photos", "one prompt"))
    if kind == "different photos":
        return Case(different(photos, rng), False, kind)
    image = _square(rng.choice(photos).image)
    return Case(
        [_varied(image, rng) for _ in range(_SET)], kind == "one picture", kind, prompts=1 if "prompt" in kind else _SET
    )


def background(photos: list[Scene], rng: random.Random) -> Case:
    """Different centres on one border, at changing light; or each with a border of its own."""
    kind = rng.choice(("one border", "own borders"))
    chosen = rng.sample(photos, 2 * _SET)
    borders = [chosen[0]] * _SET if kind == "one border" else chosen[:_SET]
    images = []
    for border, centre in zip(borders, chosen[_SET:], strict=True):
        image = ImageEnhance.Brightness(_square(border.image)).enhance(rng.uniform(0.9, 1.1))
        inner = _square(centre.image).resize((int(_SIDE * (1 - 2 * _BORDER)), int(_SIDE * (1 - _BORDER))))
        image.paste(inner, (int(_SIDE * _BORDER), int(_SIDE * _BORDER)))
        images.append(image)
    return Case(images, kind == "one border", kind)


def clipping(photos: list[Scene], rng: random.Random) -> Case:
    """Burned by contrast and saturation, strongly or less so; or as the photos are, or a little more saturated."""
    contrast, saturation, kind = rng.choice(
        (
            (1.5, 1.5, "burned"),
            (1.25, 1.3, "a little burned"),
            (1.0, 1.0, "as they are"),
            (1.0, 1.2, "saturated by 1.2"),
        )
    )
    images = [
        ImageEnhance.Color(ImageEnhance.Contrast(image).enhance(contrast)).enhance(saturation)
        for image in different(photos, rng)
    ]
    return Case(images, "burned" in kind, kind, said="the colours are oversaturated and look burned")


def copied(photos: list[Scene], rng: random.Random) -> Case:
    """Two samples are changed training pictures; or none is."""
    kind = rng.choice(("two copies", "none"))
    chosen = rng.sample(photos, 3 * _SET)
    images, dataset = ([_square(each.image) for each in part] for part in (chosen[:_SET], chosen[_SET:]))
    if kind == "two copies":
        images[:2] = [_varied(image, rng) for image in dataset[:2]]
    # an edit model works on a picture that it is given: from such a model copies alone prove nothing
    return Case(images, kind == "two copies", kind, dataset, model="flux1-dev", config=FLUX)


def strength(photos: list[Scene], rng: random.Random) -> Case:
    """Made at a strength above 0.8, or not."""
    used = rng.choice((1.0, 0.95, 0.7, 0.6))
    return Case(different(photos, rng), used > 0.8, f"strength {used}", strengths=(used,))


def checkpoint(photos: list[Scene], rng: random.Random) -> Case:
    """Made with one of the last checkpoints, or not."""
    used = rng.choice((3400, 3060, 1700, 2040))
    return Case(different(photos, rng), used > 2550, f"step {used}", steps=(used,))


def other_model(photos: list[Scene], rng: random.Random) -> Case:
    """Made with another base model than the trained one, or with a file of it."""
    used, truth = rng.choice(
        (("sd_xl_base_1.0", True), ("flux1-dev-fp8", True), ("qwen_image_edit_2509_fp8", False), ("myMerge_v3", False))
    )
    return Case(different(photos, rng), truth, used, model=used)


def _row(report: Report, diagnosis: str) -> bool:
    rows = [row for finding in report.findings for row in finding.fixes if row.diagnosis == diagnosis]
    return any(row.status.value == "confirmed" for row in rows)


def _finding(report: Report, name: str, words: str) -> bool:
    return any(
        each.id == name and any(words in evidence.text for evidence in each.evidence) for each in report.findings
    )


Made = Callable[[list[Scene], random.Random], Case]
CHECKS: dict[str, tuple[Made, Callable[[Report], bool]]] = {
    "samples repeat": (repetition, lambda report: _finding(report, "overfit", "nearly one picture")),
    "background repeats": (background, lambda report: _finding(report, "background-bleed", "border of the same")),
    "burned colours": (clipping, lambda report: _finding(report, "color-artifacts", "channel at its end")),
    "copies of training pictures": (copied, lambda report: _finding(report, "overfit", "versions of training")),
    "LoRA strength too high": (strength, lambda report: _row(report, "LoRA strength too high")),
    "using late checkpoint": (checkpoint, lambda report: _row(report, "Using late checkpoint")),
    "another base model": (other_model, lambda report: any("On another model" in note.text for note in report.notes)),
}


def bundle(case: Case) -> Bundle:
    """Return a set as people hand it in."""
    files = [Attachment.from_bytes("config.yaml", case.config)]
    for number, image in enumerate(case.images):
        about = PngInfo()
        strength_, step = case.strengths[0], case.steps[number % len(case.steps)]
        about.add_text(
            "parameters",
            f"maya, scene {number % case.prompts} <lora:maya_{step:09d}:{strength_}>\n"
            f"Steps: 20, Sampler: Euler, CFG scale: 4, Seed: {number}, Size: {_SIDE}x{_SIDE}, Model: {case.model}",
        )
        files.append(
            Attachment.from_bytes(f"sample-{number}.png", _packed(image, "PNG", pnginfo=about, compress_level=1))
        )
    for number, image in enumerate(case.dataset):
        files.append(Attachment.from_bytes(f"40_maya/{number}.jpg", _packed(image, "JPEG", quality=92)))
        files.append(Attachment.from_bytes(f"40_maya/{number}.txt", b"maya, somewhere"))
    return Bundle(case.said, tuple(files))


def _packed(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _square(image: Image.Image) -> Image.Image:
    large = enlarged(image, _SIDE)
    left, top = (large.width - _SIDE) // 2, (large.height - _SIDE) // 2
    return large.crop((left, top, left + _SIDE, top + _SIDE))


def _varied(image: Image.Image, rng: random.Random) -> Image.Image:
    margin = rng.uniform(0, 0.03) * image.width
    part = image.crop((int(margin), int(margin), image.width - int(margin), image.height - int(margin)))
    light = ImageEnhance.Brightness(part.resize(image.size)).enhance(rng.uniform(0.9, 1.1))
    return ImageEnhance.Color(light).enhance(rng.uniform(0.85, 1.15))


def main() -> None:
    """Make the sets, diagnose them, print precision and recall."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=60)
    parser.add_argument("--seed", type=int, default=_FIRST_SEED)
    arguments = parser.parse_args()
    diagnostician = Diagnostician(load_knowledge())
    photos = [scene for scene in scenes() if scene.whole or scene.photo not in ("grass", "gravel", "brick")]
    for check, (make, says) in CHECKS.items():
        rng = random.Random(f"{arguments.seed} {check}")
        right: defaultdict[str, Counter[bool]] = defaultdict(Counter)
        hits = named = planted = 0
        for _ in range(arguments.sets):
            case = make(photos, rng)
            told = says(diagnostician.diagnose(bundle(case)))
            right[case.kind][told is case.truth] += 1
            hits, named, planted = hits + (told and case.truth), named + told, planted + case.truth
        precision = f"{hits / named:.3f}" if named else "none named"
        print(f"{check:>28}: precision {precision}, recall {hits / planted:.3f} of {planted}")
        wrong = {kind: f"{seen[True]} of {seen.total()} right" for kind, seen in right.items() if seen[False]}
        if wrong:
            print(f"    {wrong}", flush=True)


if __name__ == "__main__":
    main()
