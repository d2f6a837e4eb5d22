"""Real detector and recogniser on two people: a portrait that matplotlib ships, an astronaut (NASA, public domain)."""

import io
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageEnhance

from bot.cli import cli
from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.faces.reader import FaceReader, FacesMissingError
from diagnostics.faces.spread import face_spread, least_match
from diagnostics.report import Outcome
from knowledge.model import Knowledge

_HOPPER = Path(matplotlib.__file__).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg"
_ASTRONAUT = Path(__file__).parent / "astronaut.jpg"


def portraits(path: Path, count: int) -> list[Image.Image]:
    with Image.open(path) as file:
        image = file.convert("RGB").resize((720, 720 * file.height // file.width))
    turned = [image.rotate(2 * number, resample=Image.Resampling.BICUBIC) for number in range(count)]
    return [ImageEnhance.Brightness(each).enhance(1 + number / 20) for number, each in enumerate(turned)]


def attached(images: list[Image.Image]) -> list[Attachment]:
    made = []
    for number, image in enumerate(images):
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        made.append(Attachment.from_bytes(f"samples/{number}.png", buffer.getvalue()))
    return made


@pytest.fixture(scope="module")
def reader(knowledge: Knowledge) -> FaceReader:
    return FaceReader(knowledge.faces)


def test_one_person_stays_one_and_another_one_stands_out(reader: FaceReader) -> None:
    one = face_spread(attached(portraits(_HOPPER, 4)), reader)
    assert (one.pictures, one.faces, one.differ) == (4, 4, False)
    assert (one.match or 0) > 0.6
    mixed = face_spread(attached([*portraits(_HOPPER, 4), *portraits(_ASTRONAUT, 1)]), reader)
    assert (mixed.faces, mixed.differ) == (5, True)


def test_faces_outside_the_bounds_are_not_compared(reader: FaceReader) -> None:
    small = [image.resize((128, 150)) for image in portraits(_HOPPER, 4)]
    crowd = Image.new("RGB", (1024, 600))
    for place in (0, 512):
        crowd.paste(portraits(_HOPPER, 1)[0], (place, 0))
    empty = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    found = face_spread(attached([*small, crowd, empty]), reader)
    assert (found.pictures, found.faces, found.match, found.differ) == (6, 0, None, None)


def test_broken_pictures_are_passed_over(reader: FaceReader) -> None:
    broken = [Attachment.from_bytes("a.png", b"\x89PNG"), Attachment.from_bytes("b.jpg", _ASTRONAUT.read_bytes()[:900])]
    assert face_spread(broken, reader).faces == 0


def test_the_statistic_is_the_least_median() -> None:
    same, other = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    assert least_match([same, same, same, other]) == 0
    assert least_match([same, same, same]) == 1


def test_only_who_asks_has_faces_compared(diagnostician: Diagnostician, reader: FaceReader) -> None:
    bundle = Bundle("", tuple(attached([*portraits(_HOPPER, 4), *portraits(_ASTRONAUT, 1)])))
    assert "similarity" not in str(diagnostician.diagnose(bundle).to_dict())
    asked = Diagnostician(diagnostician.knowledge, reader).diagnose(bundle)
    assert asked.findings[0].id == "face-inconsistency"
    (told,) = [each for each in asked.checks if (each.checklist, each.check) == ("release", "Face consistency")]
    assert told.outcome is Outcome.FAILED


def test_the_command_says_what_it_does_before_it_does_it(tmp_path: Path) -> None:
    for number, image in enumerate(portraits(_HOPPER, 4)):
        image.save(tmp_path / f"{number}.png")
    done = CliRunner().invoke(cli, ["diagnose", str(tmp_path), "--compare-faces"])
    assert "in memory" in done.stderr
    assert "Face consistency" in done.stdout


def test_without_the_extra_one_sentence_says_what_to_install(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(FacesMissingError, match=r"lora-triage\[faces\]"):
        FaceReader(knowledge.faces)


def test_other_weights_than_those_that_were_checked_are_refused(knowledge: Knowledge) -> None:
    other = knowledge.faces.model_copy(
        update={"detector": knowledge.faces.detector.model_copy(update={"sha256": "0" * 64})}
    )
    with pytest.raises(FacesMissingError, match="not the file that was checked"):
        FaceReader(other)
